import type { Seeded } from './seeded.ts';

const NOUNS = 'river market engine letter garden teacher winter method signal harbour window question bridge'.split(
  ' ',
);
const VERBS = 'crosses follows opens carries explains mends remembers measures paints finds'.split(' ');
const JOINTS = ['and', 'but', 'because', 'although', 'while', 'so'];

/** Sentences as people write them, in paragraphs. */
export function prose({ pick, below }: Seeded, sentences: number): string {
  const clause = (): string => `the ${pick(NOUNS)} ${pick(VERBS)} the ${pick(NOUNS)}`;
  return Array.from({ length: sentences }, (_, at) => {
    const said = `${clause()}, ${pick(JOINTS)} ${clause()}${below(9) === 0 ? ` at ${below(24)}:00` : ''}.`;
    return said[0]?.toUpperCase() + said.slice(1) + ((at + 1) % 6 === 0 ? '\n\n' : ' ');
  }).join('');
}

/** A program in one of two languages. */
export function code(chance: Seeded, functions: number): string {
  const { pick, below } = chance;
  const name = (): string => `${pick(VERBS)}${pick(NOUNS)}${below(50)}`;
  const typescript = (): string =>
    `export function ${name()}(${pick(NOUNS)}: number): number {\n  const ${pick(NOUNS)} = ${below(100)};\n` +
    `  if (${pick(NOUNS)} > ${below(9)}) return ${below(100)}; // ${pick(VERBS)}\n  return ${below(100)};\n}\n`;
  const python = (): string =>
    `def ${name()}(${pick(NOUNS)}):\n    """${prose(chance, 1).trim()}"""\n    return [${pick(NOUNS)} for _ in range(${below(9)})]\n`;
  const write = pick([typescript, python]);
  return Array.from({ length: functions }, write).join('\n');
}

import { code } from './prose-and-code.ts';
import type { Seeded } from './seeded.ts';

const RULES = ['Always', 'Never', 'If asked,', 'Unless the user says so, do not', 'Before you answer,'];
const DEEDS = [
  'answer in the language of the question',
  'name your sources',
  'show the code',
  'run the tests',
  'guess',
];

/** What a system prompt says. */
export function instructions({ pick, below }: Seeded): string {
  const rules = Array.from({ length: 25 + below(20) }, () => `- ${pick(RULES)} ${pick(DEEDS)}.`);
  return `You are a careful assistant. Follow these rules:\n${rules.join('\n')}\n`;
}

/** Nothing repeats here, so nothing can be saved: whoever claims otherwise loses something. */
export function randomDigits({ hex }: Seeded): string {
  return Array.from({ length: 30 }, () => hex(64)).join('\n');
}

/** Three files, read so often in all, as agents do. */
export function readAgain(chance: Seeded, times: number): readonly string[] {
  const files = [12, 20, 8].map((functions) => code(chance, functions));
  return Array.from({ length: times }, (_, at) => files[at] ?? chance.pick(files));
}

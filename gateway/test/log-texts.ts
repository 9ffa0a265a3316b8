import { type Arbitrary, array, constantFrom, integer, oneof, string, tuple } from 'fast-check';

const TIMES = [
  '2026-11-23T10:00:00.123Z',
  '2026-11-23 10:00:01,5',
  'Nov 23 10:00:01',
  '[23/Nov/2026:10:00:02 +0100]',
  '9:59',
  '',
];
const STARTS = [
  '081109 203615',
  '10:00:00',
  '1790000000.25',
  'Nov  3 09:00:00',
  '2026-11-23 10:00:01,5',
  '10:00:00 10:00:01',
];
const WORDS = [
  'INFO',
  'WARN',
  'user',
  'blk_1',
  'blk_-22',
  'id=7',
  '<1>',
  '<t>',
  '{1}',
  '10.0.0.1:80',
  '|',
  ';',
  '~',
  'a|b',
  '/var/x1',
  '"q"',
];
const MORE = [
  '',
  ' ',
  '\t',
  '\r',
  '=',
  '[x]',
  '(1)',
  '12',
  '345',
  '\u2028',
  '日本1',
  '👋',
  'x'.repeat(70),
  '...',
  '0x1f',
  '==',
  '⟨1⟩',
  '\0',
];

const words = oneof(
  constantFrom(...WORDS, ...MORE),
  string({ unit: 'grapheme', maxLength: 6 }).map(inLine),
  integer().map(String),
);
const starts = oneof(
  constantFrom(...TIMES, ...STARTS),
  integer({ min: 10, max: 59 }).map((second) => `2026-11-23 10:00:${second}`),
);

/** Kinds of lines: what comes again, and where something else comes each time. */
const kinds = array(tuple(starts, array(words, { maxLength: 8 })), { minLength: 1, maxLength: 4 });
const picks = array(tuple(integer({ min: 0, max: 5 }), starts, words, words), { minLength: 8, maxLength: 40 });

/** Logs of every kind: lines that are alike and mixed, awkward characters, lines that are nothing of the kind. */
export const logTexts: Arbitrary<string> = tuple(kinds, picks, constantFrom('', '\n', '\n\n', '\r\n')).map(
  ([kindList, pickList, end]) =>
    pickList
      .map(([kind, start, one, other]) => {
        const [fixedStart, inside] = kindList[kind % kindList.length] ?? ['', []];
        if (kind === 5) return inLine(`${one} ${other}`);
        const rest = inside.map((word, at) => (at === 1 ? one : at === 4 ? other : word));
        return inLine(`${kind % 2 === 0 ? start : fixedStart} INFO ${rest.join(' ')}`);
      })
      .join(end === '\r\n' ? end : '\n') + end,
);

function inLine(text: string): string {
  return text.replaceAll('\n', ' ');
}

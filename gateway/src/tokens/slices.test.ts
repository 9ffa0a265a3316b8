import { assert, constantFrom, array, property, string } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { BytePairCounter } from './byte-pair.ts';
import type { TokenFamily } from './family.ts';
import { slices } from './slices.ts';
import { vocabularies } from './vocabularies.ts';

const WORDS = "don't I'LL word camelCase ALL 12 1234567 x1y2 3.14 ünïcode 世界 👋🏽 é";
const BETWEEN = [
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  ' \n ',
  '.',
  ',',
  '":"',
  '},{',
  "'",
  '’',
  '/',
  '//',
  '!!',
  '$',
  '_',
];
const PIECES = [...WORDS.split(' '), ...BETWEEN];
const texts = array(constantFrom(...PIECES), { maxLength: 120 }).map((pieces) => pieces.join(''));

test('slices are the text again', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect([...slices(text, 16)].join('')).toBe(text);
    }),
  );
});

test('a slice is never longer than it may be, and never cuts a character in two', () => {
  const cut = [...slices(`${'👋'.repeat(50)}${'a'.repeat(50)}`, 15)];
  expect(Math.max(...cut.map(({ length }) => length))).toBeLessThanOrEqual(15);
  expect(cut.filter((slice) => /\p{Surrogate}/u.test(slice))).toEqual([]);
});

describe.each<TokenFamily>(['o200k', 'cl100k', 'claude'])('%s', (family) => {
  let counter: BytePairCounter;
  beforeAll(async () => {
    counter = new BytePairCounter(await vocabularies[family]());
  });

  test('counts the slices of ordinary text as it counts the whole', () => {
    assert(
      property(texts, (text) => {
        const parts = [...slices(text, 60)];
        const sum = parts.reduce((total, part) => total + counter.count(part), 0);
        const forced = parts.slice(1).filter((part, at) => !isSafe(parts[at] ?? '', part)).length;
        expect(Math.abs(sum - counter.count(text))).toBeLessThanOrEqual(forced * 3);
      }),
      { numRuns: 500 },
    );
  });

  test('is off by less than a thousandth in a run without any word break', () => {
    const run = 'abcdefghij'.repeat(10_000);
    const whole = 10_000 * (counter.count('abcdefghij'.repeat(400)) / 400);
    expect(Math.abs(counter.count(run) - whole) / whole).toBeLessThan(0.001);
  });
});

/** The rule in the words of a regex, apart from the code. */
function isSafe(before: string, after: string): boolean {
  return /[a-zA-Z]\0[^a-zA-Z'\u0080-\uffff]|[0-9]\0[^0-9\u0080-\uffff]|[!-~]\0[ \t0-9]/.test(
    `${before.slice(-1)}\0${after.slice(0, 1)}`,
  );
}

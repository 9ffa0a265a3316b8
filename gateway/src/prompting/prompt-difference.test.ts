import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf, type Piece } from './prompt-difference.ts';

const side = (pieces: readonly Piece[] | undefined, left: 'added' | 'removed') =>
  pieces
    ?.filter(({ change }) => change !== left)
    .map(({ text }) => text)
    .join('');

test('what was added and removed is told by words and by lines', () => {
  const { similarity, words, lines } = differenceOf('Sum it up.\nBe brief.', 'Sum it up.\nBe very brief.');
  expect(words).toEqual([
    { change: 'same', text: 'Sum it up.\nBe ' },
    { change: 'added', text: 'very ' },
    { change: 'same', text: 'brief.' },
  ]);
  expect(lines.map(({ change }) => change)).toEqual(['same', 'removed', 'added']);
  expect(similarity).toBe(0.9333);
});

test.each([
  ['same', 'same', 1],
  ['', '', 1],
  ['one two', 'three four', 0],
  ['one two', 'one three', 0.5],
  ['Ärger über Öl', 'Ärger über Gas', 0.6667],
])('%j and %j are %d alike', (one, other, similarity) => {
  expect(differenceOf(one, other).similarity).toBe(similarity);
});

test('texts that have next to nothing in common are told apart without comparing all of it', () => {
  const words = (from: number) => Array.from({ length: 20_000 }, (_, at) => `w${from + at}`).join(' ');
  const { similarity, words: pieces, lines } = differenceOf(words(0), words(10_000));
  expect([similarity, pieces, lines.length]).toEqual([0.5, undefined, 2]);
});

test('both texts can be put together again, whatever they are', () => {
  const text = fc.array(fc.constantFrom('a', 'b ', ' c', '\n', '.', 'é', '😀', '  ')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (one, other) => {
      const { similarity, words, lines } = differenceOf(one, other);
      for (const pieces of [words, lines]) {
        expect(side(pieces, 'added')).toBe(one);
        expect(side(pieces, 'removed')).toBe(other);
      }
      expect(similarity).toBeGreaterThanOrEqual(0);
      expect(similarity).toBeLessThanOrEqual(1);
      if (one === other) expect(similarity).toBe(1);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { powersOfTwo } from './spend-insert.ts';

const MOST = 256;
const LENGTHS = new Set([1, 2, 4, 8, 16, 32, 64, 128, MOST]);

test('a batch of any size is written with one of a few statements, each row once and in order', () => {
  fc.assert(
    fc.property(fc.nat(2000), (count) => {
      const rows = Array.from({ length: count }, (_, index) => index);
      const pieces = powersOfTwo(rows, MOST);
      expect(pieces.flat()).toEqual(rows);
      expect(pieces.every(({ length }) => LENGTHS.has(length))).toBe(true);
      expect(pieces.length).toBeLessThanOrEqual(Math.floor(count / MOST) + 8);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distance, nearest } from './nearest.ts';

const word = fc.string({ maxLength: 12 });

test('distance counts letters changed, added, left out or swapped', () => {
  expect(distance('port', 'port')).toBe(0);
  expect(distance('prot', 'port')).toBe(1);
  expect(distance('portt', 'port')).toBe(1);
  expect(distance('pot', 'port')).toBe(1);
  expect(distance('post', 'port')).toBe(1);
  expect(distance('', 'port')).toBe(4);
});

test('distance is the same both ways, zero only for the same word, and never more than the longer word', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const steps = distance(a, b);
      expect(distance(b, a)).toBe(steps);
      expect(steps === 0).toBe(a === b);
      expect(steps).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(steps).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
    }),
  );
});

test('another way of writing the same name is recognised', () => {
  expect(nearest('body_bytes_max', ['host', 'bodyBytesMax'])).toBe('bodyBytesMax');
  expect(nearest('BODY-BYTES-MAX', ['host', 'bodyBytesMax'])).toBe('bodyBytesMax');
});

test('nothing is suggested when nothing is near', () => {
  expect(nearest('colour', ['host', 'port'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

const SETTINGS = { backoffMinMs: 500, backoffMaxMs: 8000, retryAfterMaxMs: 60_000 };

test('waits double up to the longest', () => {
  const backoff = new Backoff(SETTINGS, () => 0);
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.nextMs(undefined))).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
});

test('chance takes at most a quarter off, so that callers don’t come back together', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
      const ms = new Backoff(SETTINGS, () => random).nextMs(undefined);
      expect(ms).toBeGreaterThanOrEqual(375);
      expect(ms).toBeLessThanOrEqual(500);
    }),
  );
});

test('what the provider asks for is waited in full, whatever chance says', () => {
  expect(new Backoff(SETTINGS, () => 0.999).nextMs(2000)).toBe(2000);
  expect(new Backoff(SETTINGS, () => 0.999).nextMs(60_000)).toBe(60_000);
});

test('a provider that asks for too much is not waited for', () => {
  expect(new Backoff(SETTINGS, () => 0).nextMs(60_001)).toBeUndefined();
});

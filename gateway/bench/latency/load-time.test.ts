import { expect, test } from 'vitest';
import { loadNs } from './load-time.ts';

test('a load takes some time', () => {
  const ns = loadNs(64 * 1024);
  expect(ns).toBeGreaterThan(0);
  expect(Number.isFinite(ns)).toBe(true);
});

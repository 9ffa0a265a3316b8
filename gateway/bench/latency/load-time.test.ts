import { expect, test } from 'vitest';
import { loadNs } from './load-time.ts';

test('a load takes some time, and not for ever', () => {
  const ns = loadNs(64 * 1024);
  expect(ns).toBeGreaterThan(0.1);
  expect(ns).toBeLessThan(10_000);
});

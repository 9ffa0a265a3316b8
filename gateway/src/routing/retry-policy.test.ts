import { expect, test } from 'vitest';
import { attemptsMax, retryPolicy, type RetrySettings } from './retry-policy.ts';

const SETTINGS: RetrySettings = { retriesMax: 2, retryPolicy: {}, groupRetryPolicies: {} };

test('three attempts are enough, unless somebody wants more retries or says a number', () => {
  expect(attemptsMax(SETTINGS)).toBe(3);
  expect(attemptsMax({ ...SETTINGS, retriesMax: 0 })).toBe(3);
  expect(attemptsMax({ ...SETTINGS, retriesMax: 5 })).toBe(6);
  expect(attemptsMax({ ...SETTINGS, retriesMax: 5, attemptsMax: 2 })).toBe(2);
  expect(attemptsMax({ ...SETTINGS, groupRetryPolicies: { a: { rateLimit: 7 } } })).toBe(8);
});

test('a group’s own policy counts more than the general one, kind by kind', () => {
  const of = retryPolicy({
    ...SETTINGS,
    retryPolicy: { timeout: 1, rateLimit: 4 },
    groupRetryPolicies: { a: { timeout: 0 } },
  });
  expect(of('a', 'upstream.timeout')).toBe(0);
  expect(of('a', 'upstream.rate-limited')).toBe(4);
  expect(of('b', 'upstream.timeout')).toBe(1);
  expect(of('constructor', 'upstream.broke')).toBeUndefined();
  expect(of('b', 'request.cancelled')).toBeUndefined();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMs, periodAt } from './budget-period.ts';

test.each([
  ['30s', 30_000],
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
  ['1mo', 2_592_000_000],
])('%s is %i ms', (text, ms) => expect(durationMs(text)).toBe(ms));

test.each(['', '0s', '30', 's', '-1d', '1.5h', '1y', '1000000d', ' 1d', '1D'])('"%s" is no duration', (text) =>
  expect(durationMs(text)).toBeUndefined(),
);

const SINCE = Date.UTC(2026, 0, 15, 10, 30);
const NOW = Date.UTC(2026, 1, 11, 12, 34, 56);

test.each([
  ['1h', Date.UTC(2026, 1, 11, 12), Date.UTC(2026, 1, 11, 13)],
  ['24h', Date.UTC(2026, 1, 11), Date.UTC(2026, 1, 12)],
  ['1d', Date.UTC(2026, 1, 11), Date.UTC(2026, 1, 12)],
  ['7d', Date.UTC(2026, 1, 8), Date.UTC(2026, 1, 15)],
  ['30d', Date.UTC(2026, 1, 1), Date.UTC(2026, 2, 1)],
  ['10d', Date.UTC(2026, 1, 4, 10, 30), Date.UTC(2026, 1, 14, 10, 30)],
  [undefined, SINCE, Number.POSITIVE_INFINITY],
])('a budget for %s counts from one moment to the next', (duration, startsAt, endsAt) => {
  expect(periodAt(duration, SINCE, NOW)).toEqual({ startsAt, endsAt });
});

test('periods follow one another without a gap, and each moment lies in one', () => {
  const moments = fc.integer({ min: SINCE, max: SINCE + 1_000 * 86_400_000 });
  fc.assert(
    fc.property(fc.constantFrom('30s', '1h', '24h', '3d', '7d', '30d', '45d'), moments, (duration, now) => {
      const { startsAt, endsAt } = periodAt(duration, SINCE, now);
      expect(startsAt).toBeLessThanOrEqual(now);
      expect(endsAt).toBeGreaterThan(now);
      expect(periodAt(duration, SINCE, endsAt).startsAt).toBe(endsAt);
      expect(periodAt(duration, SINCE, startsAt)).toEqual({ startsAt, endsAt });
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentCount } from './recent-count.ts';

const SECONDS = 5;

test('counts what happened in the last seconds, and nothing else', () => {
  const steps = fc.array(fc.record({ ms: fc.nat({ max: 4000 }), count: fc.nat({ max: 100 }) }), { maxLength: 100 });
  fc.assert(
    fc.property(fc.nat({ max: 1e9 }), steps, (startMs, happenings) => {
      const recent = new RecentCount(SECONDS);
      const all: { second: number; count: number }[] = [];
      let nowMs = startMs;
      for (const { ms, count } of happenings) {
        nowMs += ms;
        const second = Math.floor(nowMs / 1000);
        recent.add(count, nowMs);
        all.push({ second, count });
        const of = (oldest: number): number =>
          all.filter((one) => one.second >= oldest).reduce((sum, one) => sum + one.count, 0);
        expect(recent.total(nowMs)).toBe(of(second - SECONDS + 1));
        expect(recent.thisSecond(nowMs)).toBe(of(second));
      }
    }),
  );
});

test('begins anew when it is told to', () => {
  const recent = new RecentCount(SECONDS);
  recent.add(3, 10_000);
  recent.clear();
  expect([recent.total(10_000), recent.thisSecond(10_000)]).toEqual([0, 0]);
});

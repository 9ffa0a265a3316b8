import { expect, test } from 'vitest';
import { failureOf, toolContext } from '../../../test/support.ts';
import { currentTime } from './current-time.ts';

const NOON = Date.UTC(2026, 6, 1, 12, 0, 5);
const tell = (timezone?: string, nowMs = NOON) =>
  currentTime().run(timezone === undefined ? {} : { timezone }, toolContext({ nowMs }));

test('without a zone it is UTC', async () => {
  expect(await tell()).toEqual({
    result: { iso: '2026-07-01T12:00:05+00:00', timezone: 'UTC', weekday: 'Wednesday', timestamp: NOON / 1000 },
    text: 'Wednesday, 2026-07-01 12:00:05 (UTC)',
  });
});

test.each([
  ['Europe/Paris', '2026-07-01T14:00:05+02:00'],
  ['europe/paris', '2026-07-01T14:00:05+02:00'],
  ['Paris', '2026-07-01T14:00:05+02:00'],
  ['in New York?', '2026-07-01T08:00:05-04:00'],
  ['utc', '2026-07-01T12:00:05+00:00'],
  ['Asia/Kathmandu', '2026-07-01T17:45:05+05:45'],
])('%s', async (zone, iso) => expect((await tell(zone)).result).toMatchObject({ iso }));

test('summer time ends in winter', async () => {
  expect((await tell('Berlin', Date.UTC(2026, 0, 1))).result).toMatchObject({ iso: '2026-01-01T01:00:00+01:00' });
});

test.each(['Atlantis', '../etc', '__proto__', '+99:99'])('%s is no time zone', async (zone) => {
  expect((await failureOf(tell(zone))).code).toBe('tool.rejected');
});

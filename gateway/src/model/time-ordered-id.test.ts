import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timeOrderedId } from './time-ordered-id.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uuid({ version: 4 });

it('is a UUID of version 7 that begins with the time and keeps the random bits', () => {
  fc.assert(
    fc.property(time, random, (nowMs, uuid) => {
      const id = timeOrderedId(nowMs, uuid);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(nowMs);
      expect(id.slice(15)).toBe(uuid.slice(15));
    }),
  );
});

it('sorts as time goes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 2 }), random, random, (nowMs, one, other) => {
      expect(timeOrderedId(nowMs, one) < timeOrderedId(nowMs + 1, other)).toBe(true);
    }),
  );
});

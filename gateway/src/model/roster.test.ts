import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Roster } from './roster.ts';

const member = (name: string) => ({ name, rosterIndex: -1 });

test('holds exactly what a Set would hold, whatever comes and goes', () => {
  const steps = fc.array(fc.record({ who: fc.nat(9), comes: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (moves) => {
      const everybody = Array.from({ length: 10 }, (_, index) => member(String(index)));
      const roster = new Roster<ReturnType<typeof member>>();
      const model = new Set<ReturnType<typeof member>>();
      for (const { who, comes } of moves) {
        const one = everybody[who] ?? member('nobody');
        if (comes) roster.add(one);
        else roster.delete(one);
        if (comes) model.add(one);
        else model.delete(one);
      }
      expect(roster.size).toBe(model.size);
      expect(new Set(roster)).toEqual(model);
    }),
  );
});

test('members may leave while it is read', () => {
  const roster = new Roster<ReturnType<typeof member>>();
  for (const name of ['a', 'b', 'c']) roster.add(member(name));
  const seen: string[] = [];
  for (const one of roster) {
    seen.push(one.name);
    roster.delete(one);
  }
  expect(seen.toSorted()).toEqual(['a', 'b', 'c']);
  expect(roster.size).toBe(0);
});

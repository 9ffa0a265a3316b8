import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureOf, handTurned, settled } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Role } from '../model/turn.ts';
import { Door, type DoorSettings } from './door.ts';

const SETTINGS: DoorSettings = { turnsMax: 2, queueMax: 3, queueWaitMs: 1000, heapShareMax: 0.85 };

function standing(overrides: Partial<DoorSettings> = {}, heap = { share: 0 }) {
  const clock = handTurned(0);
  const settings = { ...SETTINGS, ...overrides };
  const door = new Door({
    ...clock.clocks,
    deadlines: clock.deadlines,
    settings: () => settings,
    heapShare: () => heap.share,
  });
  const entered: string[] = [];
  const come = (name: string, role: Role, cancellation = new Cancellation()) => {
    const waiting = door.enter(role, cancellation);
    if (!waiting) entered.push(name);
    return waiting?.then(() => void entered.push(name));
  };
  return { door, clock, entered, come, heap };
}

test('whoever finds a place has it at once', () => {
  const { door, come, clock } = standing();
  expect([come('a', 'basic'), come('b', 'basic')]).toEqual([undefined, undefined]);
  expect([door.inside, clock.waiting.size]).toEqual([2, 0]);
});

test('the others wait, those with more rights in front, and else in the order they came', async () => {
  const { door, come, entered, clock } = standing({ turnsMax: 1 });
  for (const [name, role] of [
    ['first', 'basic'],
    ['second', 'basic'],
    ['premium', 'premium'],
    ['admin', 'admin'],
  ] as const)
    void come(name, role);
  expect(door.waiting).toEqual({ basic: 1, premium: 1, admin: 1 });
  for (let times = 0; times < 4; times += 1) {
    door.leave();
    await settled();
  }
  expect(entered).toEqual(['first', 'admin', 'premium', 'second']);
  expect([door.inside, clock.waiting.size]).toEqual([0, 0]);
});

test('when no more may wait the newest of those with the least rights goes, or whoever comes', async () => {
  const { door, come } = standing({ turnsMax: 1, queueMax: 2 });
  void come('inside', 'basic');
  const older = come('older', 'basic');
  const newer = come('newer', 'basic');
  void come('admin', 'admin');
  expect(await failureOf(newer ?? Promise.resolve())).toMatchObject({ code: 'gateway.overloaded', status: 503 });
  expect(await failureOf(() => come('late', 'basic'))).toMatchObject({ details: { retryAfterMs: 1000 } });
  expect([door.waiting, door.refused]).toEqual([
    { basic: 1, premium: 0, admin: 1 },
    { basic: 2, premium: 0, admin: 0 },
  ]);
  door.leave();
  door.leave();
  await older;
});

test('nobody waits longer than may be, and one who goes away leaves the queue', async () => {
  const { door, come, clock } = standing({ turnsMax: 1 });
  void come('inside', 'basic');
  const patient = come('patient', 'basic');
  const cancellation = new Cancellation();
  const leaving = come('leaving', 'basic', cancellation);
  cancellation.cancel(new GatewayError('request.cancelled', 'gone'));
  expect(await failureOf(leaving ?? Promise.resolve())).toMatchObject({ code: 'request.cancelled' });
  clock.pass(1000);
  expect(await failureOf(patient ?? Promise.resolve())).toMatchObject({ code: 'gateway.overloaded' });
  expect([door.waiting.basic, clock.waiting.size, cancellation.listening]).toEqual([0, 0, 0]);
});

test('when memory is nearly full only admins come in, until there is room again', async () => {
  const { come, heap, clock } = standing({ turnsMax: 10 });
  heap.share = 0.9;
  expect(await failureOf(() => come('basic', 'basic'))).toMatchObject({ code: 'gateway.overloaded' });
  expect(come('admin', 'admin')).toBeUndefined();
  heap.share = 0.5;
  clock.pass(300);
  expect(come('again', 'basic')).toBeUndefined();
});

test('no place is lost or made up, and no more wait than may, whatever happens in which order', async () => {
  const acts = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('come' as const), role: fc.constantFrom<Role>('basic', 'premium', 'admin') }),
      fc.record({ kind: fc.constant('leave' as const) }),
      fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(600) }),
    ),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      const { door, clock } = standing();
      const cancellations: Cancellation[] = [];
      let inside = 0;
      const come = async (role: Role, cancellation: Cancellation): Promise<void> => {
        try {
          await door.enter(role, cancellation);
          inside += 1;
        } catch {
          // Refused: nothing was taken.
        }
      };
      for (const act of list) {
        if (act.kind === 'come') {
          const cancellation = new Cancellation();
          cancellations.push(cancellation);
          void come(act.role, cancellation);
        } else if (act.kind === 'leave' && inside > 0) {
          inside -= 1;
          door.leave();
        } else if (act.kind === 'cancel')
          cancellations[act.which]?.cancel(new GatewayError('request.cancelled', 'gone'));
        else if (act.kind === 'pass') clock.pass(act.ms);
        await settled();
        const { basic, premium, admin } = door.waiting;
        expect(door.inside).toBe(inside);
        expect(inside).toBeLessThanOrEqual(SETTINGS.turnsMax);
        expect(basic + premium + admin).toBeLessThanOrEqual(SETTINGS.queueMax);
        expect(basic + premium + admin === 0 || inside === SETTINGS.turnsMax).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

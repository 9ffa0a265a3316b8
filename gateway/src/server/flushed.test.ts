import { expect, test } from 'vitest';
import { failureOf, handTurned } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import { goneWhileAnswered } from './exchange.ts';
import { flushed, type Waiting } from './flushed.ts';

/** As much of an exchange as waiting needs. */
class Caller implements Waiting {
  readonly cancellation = new Cancellation();
  isGone = false;
  drained: (() => void) | undefined;
  abandon(): void {
    this.isGone = true;
    this.cancellation.cancel(goneWhileAnswered());
  }
  onDrain(listener: (() => void) | undefined): void {
    this.drained = listener;
  }
}

function waiting(caller = new Caller()) {
  const clock = handTurned();
  const done = flushed(caller, { deadlines: clock.deadlines, writeIdleTimeoutMs: 100 });
  const leftovers = () => clock.waiting.size + caller.cancellation.listening + (caller.drained ? 1 : 0);
  return { done, caller, clock, leftovers };
}

test('it waits until the caller has read', async () => {
  const { done, caller, leftovers } = waiting();
  caller.drained?.();
  await done;
  expect(leftovers()).toBe(0);
});

test('a caller that goes away ends the wait', async () => {
  const { done, caller, leftovers } = waiting();
  caller.abandon();
  expect((await failureOf(done)).code).toBe('request.cancelled');
  expect(leftovers()).toBe(0);
});

test('a caller that stopped reading is let go', async () => {
  const { done, caller, clock, leftovers } = waiting();
  clock.pass(99);
  expect(caller.isGone).toBe(false);
  clock.pass(1);
  expect((await failureOf(done)).code).toBe('request.cancelled');
  expect(leftovers()).toBe(0);
});

test('a caller that is gone already is not waited for', async () => {
  const gone = new Caller();
  gone.isGone = true;
  const { done, leftovers } = waiting(gone);
  expect((await failureOf(done)).code).toBe('request.cancelled');
  expect(leftovers()).toBe(0);
});

test('a turn that is over isn’t waited for', async () => {
  const { done, caller, leftovers } = waiting();
  caller.cancellation.cancel(new GatewayError('upstream.timeout', 'Too long.'));
  expect((await failureOf(done)).code).toBe('upstream.timeout');
  expect(leftovers()).toBe(0);
});

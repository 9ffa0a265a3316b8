import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { failureOf, handTurned } from '../../test/support.ts';
import { flushed } from './flushed.ts';

/** As much of a response as waiting needs. */
class Response extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function waiting(response = new Response()) {
  const clock = handTurned();
  const ports = { deadlines: clock.deadlines, writeIdleTimeoutMs: 100 };
  const done = flushed(response as unknown as ServerResponse, ports);
  const leftovers = () => clock.waiting.size + response.listenerCount('drain') + response.listenerCount('close');
  return { done, response, clock, leftovers };
}

test('it waits until the caller has read', async () => {
  const { done, response, leftovers } = waiting();
  response.emit('drain');
  await done;
  expect(leftovers()).toBe(0);
});

test('a caller that goes away ends the wait', async () => {
  const { done, response, leftovers } = waiting();
  response.destroy();
  expect((await failureOf(done)).code).toBe('request.cancelled');
  expect(leftovers()).toBe(0);
});

test('a caller that stopped reading is let go', async () => {
  const { done, response, clock, leftovers } = waiting();
  clock.pass(99);
  expect(response.destroyed).toBe(false);
  clock.pass(1);
  expect((await failureOf(done)).code).toBe('request.cancelled');
  expect(leftovers()).toBe(0);
});

test('a caller that is gone already is not waited for', async () => {
  const gone = new Response();
  gone.destroyed = true;
  const { done, leftovers } = waiting(gone);
  expect((await failureOf(done)).code).toBe('request.cancelled');
  expect(leftovers()).toBe(0);
});

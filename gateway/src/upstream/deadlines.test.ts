import { expect, test } from 'vitest';
import { sharedDeadlines } from './deadlines.ts';

function handTurned() {
  let nowMs = 0;
  let tick: (() => void) | undefined;
  const deadlines = sharedDeadlines(
    () => nowMs,
    (onTick) => {
      tick = onTick;
      return { stop: () => (tick = undefined) };
    },
  );
  const pass = (ms: number) => {
    nowMs += ms;
    tick?.();
  };
  return { deadlines, pass, isTicking: () => tick !== undefined };
}

test('a deadline calls back once, when its time has come and not before', () => {
  const { deadlines, pass } = handTurned();
  let expired = 0;
  deadlines(() => (expired += 1)).set(100);
  pass(99);
  expect(expired).toBe(0);
  pass(1);
  pass(1000);
  expect(expired).toBe(1);
});

test('setting again moves the deadline, and clearing takes it away', () => {
  const { deadlines, pass } = handTurned();
  let expired = 0;
  const deadline = deadlines(() => (expired += 1));
  deadline.set(100);
  pass(90);
  deadline.set(100);
  pass(90);
  expect(expired).toBe(0);
  deadline.clear();
  pass(1000);
  expect(expired).toBe(0);
});

test('the clock stands still when nobody waits, and starts again', () => {
  const { deadlines, pass, isTicking } = handTurned();
  let expired = 0;
  const deadline = deadlines(() => (expired += 1));
  expect(isTicking()).toBe(false);
  deadline.set(10);
  pass(10);
  expect(isTicking()).toBe(false);
  deadline.set(10);
  pass(10);
  expect(expired).toBe(2);
});

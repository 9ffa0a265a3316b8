import { connect, createServer, type AddressInfo } from 'node:net';
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

test('what was there in time counts, though the process was too busy to look', async () => {
  const server = createServer((socket) => socket.end('in time'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const heard: string[] = [];
  const silence = sharedDeadlines(() => performance.now())(() => heard.push('silence'));
  const over = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('data', () => {
    silence.clear();
    heard.push('words');
  });
  await new Promise<void>((resolve) => server.once('connection', () => resolve()));
  silence.set(100);
  const untilMs = performance.now() + 300;
  while (performance.now() < untilMs); // the words come meanwhile
  await over;
  expect(heard).toEqual(['words']);
  server.close();
});

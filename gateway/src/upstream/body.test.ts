import { expect, test } from 'vitest';
import { failureOf, handTurned, settled } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import { StreamedBody } from './body.ts';

function opened() {
  const clock = handTurned();
  const did: string[] = [];
  const source = {
    pause: () => did.push('pause'),
    resume: () => did.push('resume'),
    abort: () => did.push('abort'),
  };
  const timedOut = new GatewayError('upstream.timeout', 'idle');
  const idle = clock.deadlines(() => body.fail(timedOut));
  const body = new StreamedBody(source, idle, 100);
  return { body, did, clock };
}

const broken = new GatewayError('upstream.broke', 'cut');

test('pieces that came while nobody was reading are given as one', async () => {
  const { body } = opened();
  body.push(Buffer.from('ab'));
  body.push(Buffer.from('cd'));
  body.finish();
  expect(await body.next()).toEqual({ done: false, value: Buffer.from('abcd') });
  expect(await body.next()).toEqual({ done: true, value: undefined });
});

test('a waiting reader gets a piece as it comes, and the end', async () => {
  const { body } = opened();
  const first = body.next();
  body.push(Buffer.from('ab'));
  expect(await first).toEqual({ done: false, value: Buffer.from('ab') });
  const last = body.next();
  body.finish();
  expect((await last).done).toBe(true);
});

test('the connection is paused when too much waits, once, and resumed when it is taken', async () => {
  const { body, did } = opened();
  body.push(Buffer.alloc(65_535));
  expect(did).toEqual([]);
  body.push(Buffer.alloc(1));
  body.push(Buffer.alloc(1));
  expect(did).toEqual(['pause']);
  expect((await body.next()).value).toHaveLength(65_537);
  expect(did).toEqual(['pause', 'resume']);
});

test('what came before a failure is still given, then the failure, again and again', async () => {
  const { body } = opened();
  body.push(Buffer.from('ab'));
  body.fail(broken);
  body.push(Buffer.from('late'));
  expect((await body.next()).value).toEqual(Buffer.from('ab'));
  expect(await failureOf(body.next())).toBe(broken);
  expect(await failureOf(body.next())).toBe(broken);
});

test('a failure reaches the reader that waits', async () => {
  const { body, clock } = opened();
  const waiting = failureOf(body.next());
  body.fail(broken);
  expect(await waiting).toBe(broken);
  expect(clock.waiting.size).toBe(0);
});

test('silence counts only while somebody is waiting for a piece', async () => {
  const { body, clock } = opened();
  clock.pass(1000);
  body.push(Buffer.from('ab'));
  await body.next();
  clock.pass(1000);
  const waiting = failureOf(body.next());
  clock.pass(99);
  await settled();
  clock.pass(1);
  expect((await waiting).code).toBe('upstream.timeout');
});

test.each([
  ['a piece', (body: StreamedBody) => body.push(Buffer.from('ab'))],
  ['the end', (body: StreamedBody) => body.finish()],
  ['a failure', (body: StreamedBody) => body.fail(broken)],
  ['giving up', (body: StreamedBody) => body.cancel()],
])('%s stops the idle timer', async (_, happen) => {
  const { body, clock } = opened();
  const waiting = body.next().catch(() => undefined);
  expect(clock.waiting.size).toBe(1);
  happen(body);
  await waiting;
  expect(clock.waiting.size).toBe(0);
});

test('giving up lets the connection go once, forgets what waited, and may be done twice', async () => {
  const { body, did } = opened();
  body.push(Buffer.from('ab'));
  body.cancel();
  body.cancel();
  expect(did).toEqual(['abort']);
  expect((await failureOf(body.next())).code).toBe('request.cancelled');
});

test('giving up wakes the reader that waits', async () => {
  const { body } = opened();
  const waiting = failureOf(body.next());
  body.cancel();
  expect((await waiting).code).toBe('request.cancelled');
});

test('a body that is complete has nothing left to let go', () => {
  const { body, did } = opened();
  body.finish();
  body.cancel();
  body.fail(broken);
  expect(did).toEqual([]);
});

test('leaving a loop early lets the connection go', async () => {
  const { body, did } = opened();
  body.push(Buffer.from('ab'));
  for await (const piece of body) {
    expect(String(piece)).toBe('ab');
    break;
  }
  expect(did).toEqual(['abort']);
});

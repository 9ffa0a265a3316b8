import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { answerOf, fakeTransport, handTurned, record, settled } from '../../test/support.ts';
import { callbackFor } from '../callbacks/index.ts';
import type { Callback } from '../callbacks/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { TurnRecord } from '../model/turn.ts';
import type { Sleep, Transport } from '../model/upstream.ts';
import { httpTransport } from '../upstream/http.ts';
import { Outbox, type OutboxSettings } from './outbox.ts';

const SETTINGS: OutboxSettings = {
  on: ['success', 'error'],
  batchSizeMax: 3,
  flushMs: 100,
  queueMax: 5,
  timeoutMs: 50,
};
const plain: Callback = {
  name: 'plain',
  delivery: (records) => ({
    url: 'https://hook.test/in?a=1',
    headers: { 'x-token': 't' },
    body: records.map(({ turnId }) => turnId).join(),
  }),
};

function outbox(
  transport: Transport,
  overrides: Partial<OutboxSettings> = {},
  callback = plain,
  onWarn = (): void => undefined,
) {
  const clock = handTurned();
  const warned: object[] = [];
  const slept: number[] = [];
  const sleep: Sleep = (ms, { reason }) => (slept.push(ms), reason ? Promise.reject(reason) : Promise.resolve());
  const warn = (facts: object, message: string) => {
    warned.push({ ...facts, message });
    onWarn();
  };
  const box = new Outbox(
    callback,
    { ...SETTINGS, ...overrides },
    { transport, deadlines: clock.deadlines, sleep, warn },
  );
  return { box, clock, warned, slept };
}

const turns = (count: number, more: Partial<TurnRecord> = {}) =>
  Array.from({ length: count }, (_, at) => record({ turnId: `t${at + 1}`, ...more }));
const status = (code: number) => answerOf(['{}'], { status: code, headers: { 'content-type': 'application/json' } });
const bodies = (asked: readonly { body: Buffer | undefined }[]) => asked.map(({ body }) => String(body));

test('a full batch is sent at once, the rest when its time has come', async () => {
  const { transport, asked } = fakeTransport(status(200));
  const { box, clock, warned } = outbox(transport);
  for (const turn of turns(4)) box.add(turn);
  await settled();
  expect(bodies(asked)).toEqual(['t1,t2,t3', 't4']);
  box.add(record({ turnId: 't5' }));
  clock.pass(99);
  await settled();
  expect(asked).toHaveLength(2);
  clock.pass(1);
  await settled();
  expect(bodies(asked).at(-1)).toBe('t5');
  expect(asked[0]).toMatchObject({ origin: 'https://hook.test', path: '/in?a=1', headers: ['x-token', 't'] });
  expect(warned).toEqual([]);
});

test('only the turns that were asked for are sent', async () => {
  const { transport, asked } = fakeTransport(status(200));
  const { box } = outbox(transport, { on: ['error'], batchSizeMax: 2 });
  for (const end of ['finished', 'failed', 'cancelled'] as const) box.add(record({ turnId: end, end }));
  await settled();
  expect(bodies(asked)).toEqual(['failed,cancelled']);
});

test.each([500, 503, 429, 408])('status %i is tried three times in all, with longer and longer waits', async (code) => {
  const { transport, asked } = fakeTransport(status(code));
  const { box, slept, warned } = outbox(transport);
  for (const turn of turns(3)) box.add(turn);
  await settled();
  expect([asked.length, slept]).toEqual([3, [500, 1000]]);
  expect(warned).toEqual([
    { callback: 'plain', turns: 3, reason: `status ${code}`, message: 'a callback could not be delivered' },
  ]);
});

test.each([307, 400, 401, 404])('status %i is not tried again, and said', async (code) => {
  const { transport, asked } = fakeTransport(status(code));
  const { box, warned } = outbox(transport);
  for (const turn of turns(3)) box.add(turn);
  await settled();
  expect(asked).toHaveLength(1);
  expect(warned).toMatchObject([{ reason: `status ${code}` }]);
});

test('a delivery that gets through after a failure is no word worth', async () => {
  const { transport, asked } = fakeTransport(new GatewayError('upstream.unreachable', 'nobody'), status(200));
  const { box, warned } = outbox(transport);
  for (const turn of turns(3)) box.add(turn);
  await settled();
  expect([asked.length, warned]).toEqual([2, []]);
});

test('a failed batch doesn’t stop the next one', async () => {
  const { transport, asked } = fakeTransport(status(400), status(200));
  const { box } = outbox(transport);
  for (const turn of turns(5)) box.add(turn);
  await settled();
  expect(bodies(asked)).toEqual(['t1,t2,t3', 't4,t5']);
});

test('what can’t wait is dropped, counted and said; turns are never held up', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { transport } = fakeTransport(async () => (await held, status(200)));
  const { box, warned } = outbox(transport);
  for (const turn of turns(12)) box.add(turn);
  release();
  await settled();
  await settled();
  expect(warned).toMatchObject([{ dropped: 4 }]);
});

test('a callback that can’t write its delivery breaks nothing', async () => {
  const broken: Callback = {
    name: 'broken',
    delivery: () => {
      throw new RangeError('Invalid time value');
    },
  };
  const { transport, asked } = fakeTransport(status(200));
  const { box, warned } = outbox(transport, {}, broken);
  for (const turn of turns(3)) box.add(turn);
  await settled();
  expect(asked).toEqual([]);
  expect(warned).toMatchObject([{ callback: 'broken', turns: 3 }]);
});

test('closing delivers what waits', async () => {
  const { transport, asked } = fakeTransport(status(200));
  const { box, clock } = outbox(transport);
  for (const turn of turns(2)) box.add(turn);
  await box.close(1000);
  expect(bodies(asked)).toEqual(['t1,t2']);
  expect(clock.waiting.size).toBe(0);
});

test('closing ends when its time is over, and says what was lost', async () => {
  const { transport } = fakeTransport((told) => new Promise((_, reject) => told.on(reject)));
  const { box, clock, warned } = outbox(transport);
  for (const turn of turns(5)) box.add(turn);
  const closed = box.close(1000);
  await settled();
  clock.pass(1000);
  await closed;
  expect(warned.map((facts) => (facts as { turns: number }).turns)).toEqual([3, 2]);
  expect(clock.waiting.size).toBe(0);
});

test('closing with nothing to do is quick', async () => {
  const { transport, asked } = fakeTransport(status(200));
  const { box, clock } = outbox(transport);
  await box.close(1000);
  expect([asked, clock.waiting.size]).toEqual([[], 0]);
});

test('a turn that comes in the very moment a delivery ends is not forgotten', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { transport, asked } = fakeTransport(async () => (await held, status(200)));
  // The word about what was dropped is the last thing before the outbox rests.
  const { box, clock } = outbox(transport, { batchSizeMax: 1, queueMax: 1 }, plain, () =>
    box.add(record({ turnId: 'late' })),
  );
  for (const turn of turns(3)) box.add(turn);
  release();
  await settled();
  await settled();
  clock.pass(100);
  await settled();
  expect(bodies(asked)).toEqual(['t1', 't2', 'late']);
});

const servers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of servers.splice(0)) await close();
});

/** Langfuse's ingestion API as documented: 207 with what it took and what it didn't. */
async function ingestion(refuse: readonly string[]) {
  const batches: { id: string }[][] = [];
  const sockets = new Set<unknown>();
  const server: Server = createServer((request, response) => {
    sockets.add(request.socket);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { batch } = JSON.parse(Buffer.concat(parts).toString()) as { batch: { id: string }[] };
      batches.push(batch);
      const errors = batch
        .filter(({ id }) => refuse.includes(id))
        .map(({ id }) => ({ id, status: 400, message: 'Invalid request data', error: 'startTime' }));
      const successes = batch.filter(({ id }) => !refuse.includes(id)).map(({ id }) => ({ id, status: 201 }));
      response.writeHead(207, { 'content-type': 'application/json' }).end(JSON.stringify({ successes, errors }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = handTurned();
  const { send, close } = httpTransport({ connectTimeoutMs: 1000, connectionsPerOriginMax: 4 }, clock.deadlines);
  servers.push(async () => {
    await close();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const langfuse = callbackFor({ kind: 'langfuse', host, publicKey: 'pk', secretKey: 'sk' });
  return { batches, sockets, send, langfuse };
}

test('Langfuse takes turns in batches, over one connection', async () => {
  const { batches, sockets, send, langfuse } = await ingestion([]);
  const { box, warned } = outbox(send, { batchSizeMax: 1 }, langfuse);
  for (const turn of turns(3)) {
    box.add(turn);
    await box.close(1000);
  }
  expect(batches.map((batch) => batch.map(({ id }) => id))).toEqual([
    ['t1-trace', 't1-generation'],
    ['t2-trace', 't2-generation'],
    ['t3-trace', 't3-generation'],
  ]);
  expect(warned).toEqual([]);
  expect(sockets.size).toBeLessThan(3); // one may still be closing its books when the next delivery comes
});

test('what Langfuse refuses inside a 207 is said, and not sent again', async () => {
  const { batches, send, langfuse } = await ingestion(['t2-trace']);
  const { box, warned } = outbox(send, {}, langfuse);
  for (const turn of turns(3)) box.add(turn);
  await box.close(1000);
  expect(batches).toHaveLength(1);
  expect(warned).toMatchObject([{ callback: 'langfuse', turns: 3 }]);
  expect(JSON.stringify(warned)).toContain('Invalid request data');
});

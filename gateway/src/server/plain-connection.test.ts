import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CHAT, KEY, RawCaller, served } from '../../test/served.ts';
import { failureOf, frameList, handTurned, said, settled, sse } from '../../test/support.ts';
import type { GatewayError } from '../model/error.ts';
import type { Turn } from '../model/turn.ts';
import { PlainConnection, type PlainDoor } from './plain-connection.ts';
import type { Exchange } from './exchange.ts';

const FRAMES = frameList(said('Hello', ' you'));
const answering = () => served({ send: () => Promise.resolve(sse(FRAMES)) });
const BODY = JSON.stringify({ ...CHAT, stream: true });
const head = (lines: readonly string[] = [], length = BODY.length): string =>
  ['POST /v1/chat/completions HTTP/1.1', 'host: x', `authorization: Bearer ${KEY}`, `content-length: ${length}`]
    .concat(lines, '', '')
    .join('\r\n');
const HEALTH = 'GET /health/readiness HTTP/1.1\r\nhost: x\r\n\r\n';
/** Node's own server writes its own header lines in capitals. */
const PLAIN = /^connection: keep-alive/m;
const OF_NODE = /^Connection: keep-alive/m;

async function hearsTimes(caller: RawCaller, text: string, times: number): Promise<void> {
  while (caller.heard.split(text).length - 1 < times)
    await new Promise<void>((resolve) => caller.socket.once('data', () => resolve()));
}

describe('one connection', () => {
  test('serves requests one after the other', async () => {
    const caller = new RawCaller(await answering());
    for (let at = 1; at <= 3; at += 1) {
      caller.say(head() + BODY);
      await hearsTimes(caller, '[DONE]', at);
      caller.say(HEALTH);
      await hearsTimes(caller, '"ready"', at);
    }
    expect(caller.heard).toMatch(PLAIN);
    expect(caller.heard).not.toMatch(OF_NODE);
    expect(caller.heard.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(6);
  });

  test.each([1, 7, 400])('takes a body in pieces of %i bytes', async (size) => {
    const caller = new RawCaller(await answering());
    caller.say(head());
    for (let at = 0; at < BODY.length; at += size) {
      caller.say(BODY.slice(at, at + size));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await caller.hears('[DONE]');
    expect(caller.heard).toMatch(PLAIN);
  });

  test.each([
    ['a head in pieces', [head().slice(0, 30), head().slice(30) + BODY]],
    ['two requests at once', [head() + BODY + HEALTH]],
    ['chunks', [`${head([], 0).replace('content-length: 0', 'transfer-encoding: chunked')}2\r\n{}\r\n0\r\n\r\n`]],
    ['a HEAD', [HEALTH.replace('GET', 'HEAD')]],
  ])('goes to Node’s own server for %s, and stays there', async (_, pieces) => {
    const caller = new RawCaller(await answering());
    caller.say(HEALTH);
    await caller.hears('"ready"');
    for (const piece of pieces) {
      caller.say(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await hearsTimes(caller, 'HTTP/1.1', 2);
    caller.say(HEALTH);
    await hearsTimes(caller, '"ready"', 2);
    expect(caller.heard).toMatch(OF_NODE);
  });

  test('answers what came too early when its turn has come', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const send = async () => {
      await released;
      return sse(FRAMES);
    };
    const caller = new RawCaller(await served({ send }));
    caller.say(head() + BODY);
    await new Promise((resolve) => setImmediate(resolve));
    caller.say(HEALTH.repeat(2));
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await hearsTimes(caller, '"ready"', 2);
    expect(caller.heard).toMatch(/\[DONE\].*"ready".*"ready"/s);
  });

  test('reads a short body away that nobody wanted, and goes on', async () => {
    const caller = new RawCaller(await answering());
    caller.say(head(['x-api-key: sk-another']));
    await caller.hears('401');
    caller.say(BODY);
    caller.say(HEALTH);
    await caller.hears('"ready"');
    expect(caller.heard).toMatch(PLAIN);
  });

  test('ends instead of reading a long one away', async () => {
    const caller = new RawCaller(await answering());
    caller.say(head(['x-api-key: sk-another'], 10_000_000) + BODY);
    await caller.closed;
    expect(caller.heard).toMatch(/^HTTP\/1\.1 401.*^connection: close/ms);
  });
});

describe('a caller that goes away', () => {
  const waiting = ({ cancellation }: Turn) => new Promise<never>((_, reject) => cancellation.on(reject));

  test.each([
    ['by hanging up', (socket: Socket) => socket.destroy()],
    ['with a reset', (socket: Socket) => socket.resetAndDestroy()],
    ['by ending what it says', (socket: Socket) => socket.end()],
  ])('%s cancels its turn', async (_, leave) => {
    const made = await served({ send: waiting });
    const caller = new RawCaller(made);
    caller.say(head() + BODY);
    while (made.inFlight.size === 0) await settled();
    leave(caller.socket);
    await made.recorded();
    expect(made.records).toMatchObject([{ end: 'cancelled' }]);
  });

  test('in the middle of its request is no turn', async () => {
    const made = await served({ send: waiting });
    const caller = new RawCaller(made);
    caller.say(head() + BODY.slice(1));
    await new Promise((resolve) => setImmediate(resolve));
    caller.socket.end();
    while (made.refused.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(made.refused).toMatchObject([{ code: 'request.cancelled' }]);
    expect(made.records).toEqual([]);
  });
});

/** A connection by itself, whose requests wait to be answered by the test. */
async function connection(changed: Partial<PlainDoor> = {}) {
  const clock = handTurned();
  const exchanges: Exchange[] = [];
  const made: PlainConnection[] = [];
  let isClosed = false;
  const door: PlainDoor = {
    headerBytesMax: 16_384,
    headersTimeoutMs: 10,
    requestTimeoutMs: 100,
    keepAliveTimeoutMs: 1000,
    serve: (exchange) => exchanges.push(exchange),
    handOver: (socket) => socket.destroy(),
    isReady: () => true,
    clockMs: clock.clocks.clockMs,
    newId: () => 'id',
    lastLines: (isLast) => (isLast ? 'connection: close\r\n' : ''),
    closed: () => (isClosed = true),
    ...changed,
  };
  const server: Server = createServer({ allowHalfOpen: true }, (socket) =>
    made.push(new PlainConnection(socket, door)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caller = new RawCaller({ url: `http://127.0.0.1:${port}` });
  onTestFinished(() => {
    caller.socket.destroy();
    server.close();
  });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  };
  await until(() => made.length > 0);
  const pass = (ms: number): void => {
    clock.pass(ms);
    made[0]?.look(clock.clocks.clockMs());
  };
  return { caller, exchanges, pass, until, port, isClosed: () => isClosed, made };
}

describe('a caller that is too slow', () => {
  test('to say anything is told so', async () => {
    const { caller, pass } = await connection();
    pass(9);
    pass(1);
    await caller.closed;
    expect(caller.heard).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('with its body is told so, and nobody waits for the rest', async () => {
    const { caller, pass, exchanges, until, isClosed } = await connection();
    caller.say(head() + BODY.slice(1));
    await until(() => exchanges.length > 0);
    const reading = failureOf(exchanges[0]?.readBody(1000) ?? Promise.resolve());
    pass(99);
    expect(caller.heard).toBe('');
    pass(1);
    await caller.closed;
    expect(caller.heard).toMatch(/^HTTP\/1\.1 408 /);
    await until(isClosed);
    expect((await reading).code).toBe('request.cancelled');
  });

  test('with its next request is let go without a word', async () => {
    const { caller, pass, exchanges, until } = await connection();
    caller.say(HEALTH);
    await until(() => exchanges.length > 0);
    pass(5000); // an answer takes the time it takes
    exchanges[0]?.answer(200, [], Buffer.from('ok'));
    await caller.hears('ok');
    pass(999);
    const before = caller.heard;
    pass(1);
    await caller.closed;
    expect(caller.heard).toBe(before);
  });
});

test('a caller that doesn’t read gets no further answer until it has', async () => {
  const { caller, exchanges, until } = await connection();
  const large = Buffer.alloc(30_000_000, 'a');
  caller.socket.pause();
  caller.say(HEALTH);
  await until(() => exchanges.length > 0);
  exchanges[0]?.answer(200, [], large);
  caller.say(HEALTH);
  await settled();
  expect(exchanges).toHaveLength(1);
  caller.socket.resume();
  await until(() => exchanges.length === 2);
  exchanges[1]?.answer(200, [], Buffer.from('the second'));
  await caller.hears('the second');
});

test('pieces are chunks, and a caller that reads slowly is waited for', async () => {
  const { caller, exchanges, until } = await connection();
  caller.socket.pause();
  caller.say(HEALTH);
  await until(() => exchanges.length > 0);
  const [exchange] = exchanges;
  let drained = 0;
  exchange?.onDrain(() => (drained += 1));
  exchange?.begin(200, ['x-a', 'b']);
  expect(exchange?.write(Buffer.from('Hello'))).toBe(true);
  while (exchange?.write(Buffer.alloc(1_000_000, 'a')));
  await settled();
  expect(drained).toBe(0);
  caller.socket.resume();
  await until(() => drained > 0);
  exchange?.end();
  await caller.hears('\r\n0\r\n\r\n');
  expect(caller.heard).toMatch(
    /^HTTP\/1\.1 200 OK\r\nx-request-id: id\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n5\r\nHello\r\nf4240\r\n/,
  );
});

test('a header that would break the line is a fault of ours, never said', async () => {
  const { caller, exchanges, until } = await connection();
  caller.say(HEALTH);
  await until(() => exchanges.length > 0);
  const say = (value: string) => () => exchanges[0]?.answer(200, ['x-a', value], Buffer.alloc(0));
  for (const value of ['a\r\nset-cookie: b', 'a\nb', 'a\0', 'ā'])
    expect(say(value)).toThrow(expect.objectContaining({ code: 'gateway.bug' }) as GatewayError);
  say('fine')();
  await caller.hears('x-a: fine');
});

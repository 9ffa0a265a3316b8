import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import * as act from '../../test/scripted-provider/acts.ts';
import { behave, type Behaviour } from '../../test/scripted-provider/behaviour.ts';
import { startScriptedProvider, type ScriptedProvider } from '../../test/scripted-provider/scripted-provider.ts';
import { collect, failureOf, handTurned, settled } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { TransportOptions, UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import { httpTransport } from './http.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function providerThat(...behaviours: readonly Behaviour[]): Promise<ScriptedProvider> {
  const provider = await startScriptedProvider({ script: behave(...behaviours) });
  opened.push(() => provider.close());
  return provider;
}

/** A server that sends these bytes, whatever it is asked. */
async function rawServer(bytes: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(bytes));
  });
  return listening(server);
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => new Promise((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function door(connectionsPerOriginMax = 8) {
  const clock = handTurned();
  const transport = httpTransport({ connectTimeoutMs: 2000, connectionsPerOriginMax }, clock.deadlines);
  opened.push(() => transport.close());
  const cancellation = new Cancellation();
  const send = (origin: string, stream = true, overrides: Partial<TransportOptions> = {}): Promise<UpstreamResponse> =>
    transport.send(request(origin, stream), {
      cancellation,
      headersTimeoutMs: 1000,
      idleTimeoutMs: 500,
      ...overrides,
    });
  return { send, clock, cancellation, listeners: () => cancellation.listening };
}

function request(origin: string, stream: boolean): UpstreamRequest {
  const body = Buffer.from(JSON.stringify({ model: 'ok', stream, messages: [{ role: 'user', content: 'Hi' }] }));
  const headers = ['content-type', 'application/json'];
  return { provider: 'acme', method: 'POST', origin, path: '/v1/chat/completions', headers, body };
}

async function textOf({ body }: UpstreamResponse): Promise<string> {
  return Buffer.concat(await collect(body)).toString('utf8');
}

test('a reply is given with its status and headers, and nothing is left behind', async () => {
  const provider = await providerThat(act.say('Hello you'));
  const { send, clock, listeners } = door();
  const response = await send(provider.url);
  expect(response.status).toBe(200);
  expect(response.headers['content-type']).toContain('text/event-stream');
  expect(await textOf(response)).toMatch(/Hello.*\[DONE\]/s);
  expect(clock.waiting.size).toBe(0);
  expect(listeners()).toBe(0);
});

test('connections are kept for the next request', async () => {
  const provider = await providerThat(act.say('Hello'));
  const { send } = door();
  for (let at = 0; at < 5; at += 1) await textOf(await send(provider.url));
  expect(provider.accepted).toBeLessThan(3); // one may still be closing its books when the next request comes
});

test('a redirect is given as it is, and nobody goes there', async () => {
  const provider = await providerThat(act.redirect());
  const { send } = door();
  const response = await send(provider.url);
  expect(response.status).toBe(307);
  await textOf(response);
  expect(provider.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
});

test('a compressed reply is undone, and a broken one is the provider’s failure', async () => {
  const { send } = door();
  expect(await textOf(await send((await providerThat(act.gzip(), act.say('Hello'))).url))).toContain('Hello');
  const broken = await send((await providerThat(act.gzip('bad'), act.words(500))).url);
  expect((await failureOf(collect(broken.body))).code).toBe('upstream.bad-response');
});

test('a compression nobody knows is the provider’s failure, and the connection is let go', async () => {
  const provider = await providerThat(act.header('content-encoding', 'zstd'), act.stall({ event: 1 }));
  const { send, clock, listeners } = door();
  expect((await failureOf(send(provider.url))).code).toBe('upstream.bad-response');
  expect(await (await provider.arrived(1)).ended).toBe('aborted');
  expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
});

test('a header that came twice is one text', async () => {
  const origin = await rawServer(
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-type: application/json\r\nretry-after: 1\r\nretry-after: 2\r\ncontent-length: 2\r\n\r\n{}',
  );
  const { headers, body } = await door().send(origin);
  expect(headers['content-type']).toBe('application/json, application/json');
  expect(headers['retry-after']).toBe('1, 2');
  body.cancel();
});

test('two content-encodings are a compression nobody knows', async () => {
  const origin = await rawServer(
    'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}',
  );
  expect((await failureOf(door().send(origin))).code).toBe('upstream.bad-response');
});

test.each([
  ['no HTTP at all', 'nonsense\r\n\r\n'],
  ['headers that are too large', `HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(70_000)}\r\n\r\n`],
])('%s is the provider’s failure', async (_, bytes) => {
  const { send, clock, listeners } = door();
  expect((await failureOf(send(await rawServer(bytes)))).code).toBe('upstream.bad-response');
  expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
});

test('two lengths that disagree are a reply that broke', async () => {
  const origin = await rawServer('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}');
  expect((await failureOf(door().send(origin))).status).toBe(502);
});

test('nobody at home is told at once, and nothing is left behind', async () => {
  const { send, clock, listeners } = door();
  const provider = await startScriptedProvider();
  await provider.close();
  const error = await failureOf(send(provider.url));
  expect(error.code).toBe('upstream.unreachable');
  expect(error.message).not.toContain('127.0.0.1');
  expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
});

test('a provider that accepts and says nothing runs into the headers timer, and is let go', async () => {
  const provider = await providerThat(act.silent());
  const { send, clock, listeners } = door();
  const failing = failureOf(send(provider.url));
  const asked = await provider.arrived(1);
  clock.pass(1000);
  const { code, message } = await failing;
  expect([code, message.includes('headers timer')]).toEqual(['upstream.timeout', true]);
  expect(await asked.ended).toBe('aborted');
  expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
});

test('a stream that falls silent runs into the idle timer, and is let go', async () => {
  const provider = await providerThat(act.stall({ event: 2 }));
  const { send, clock, listeners } = door();
  const response = await send(provider.url);
  const reading = failureOf(collect(response.body));
  while (clock.waiting.size === 0) await settled();
  await settled();
  clock.pass(500);
  const { code, message } = await reading;
  expect([code, message.includes('idle timer')]).toEqual(['upstream.timeout', true]);
  expect(await (await provider.arrived(1)).ended).toBe('aborted');
  expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
});

test.each([
  ['reset', act.cutByReset({ event: 3 })],
  ['closed', act.cutByClose({ event: 3 })],
  ['shorter than promised', act.shortBody()],
])('a body that is %s in the middle gives what came, then fails', async (_, cut) => {
  const provider = await providerThat(act.words(20), act.paced(1), cut);
  const { send, clock, listeners } = door();
  const response = await send(provider.url);
  const got: string[] = [];
  const error = await failureOf(async () => {
    for await (const piece of response.body) got.push(String(piece));
  });
  expect(got.join('')).toContain('word1');
  expect(error.code).toBe('upstream.broke');
  expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
});

test('the reason of an abort is what the reader hears, before the headers and in the body', async () => {
  const stopping = new GatewayError('gateway.stopping', 'bye');
  for (const behaviour of [act.silent(), act.stall({ event: 2 })]) {
    const provider = await providerThat(behaviour);
    const { send, clock, cancellation, listeners } = door();
    const failing = failureOf(send(provider.url).then(({ body }) => collect(body)));
    const asked = await provider.arrived(1);
    cancellation.cancel(stopping);
    expect(await failing).toBe(stopping);
    expect(await asked.ended).toBe('aborted');
    expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
  }
});

test('a turn that is over already asks nobody', async () => {
  const provider = await providerThat(act.say('Hello'));
  const { send, cancellation } = door();
  cancellation.cancel(new GatewayError('request.cancelled', 'gone'));
  expect((await failureOf(send(provider.url))).code).toBe('request.cancelled');
  expect(provider.accepted).toBe(0);
});

test('a request given up while it waits for a connection never reaches the provider', async () => {
  const provider = await providerThat(act.stall({ event: 1 }));
  const { send } = door(1);
  const first = await send(provider.url);
  const second = new Cancellation();
  const waiting = failureOf(send(provider.url, true, { cancellation: second }));
  await settled();
  second.cancel(new GatewayError('request.cancelled', 'gone'));
  expect((await waiting).code).toBe('request.cancelled');
  first.body.cancel();
  provider.perform(act.say('Hello'));
  expect(await textOf(await send(provider.url))).toContain('Hello');
  expect(provider.requests).toHaveLength(2);
});

test('giving up on a body lets the connection go', async () => {
  const provider = await providerThat(act.stall({ event: 1 }));
  const { send, clock, listeners } = door();
  const { body } = await send(provider.url);
  body.cancel();
  expect(await (await provider.arrived(1)).ended).toBe('aborted');
  expect([clock.waiting.size, listeners()]).toEqual([0, 0]);
});

test('a slow reader holds the provider up instead of filling the memory', async () => {
  const [size, piece] = [64_000_000, Buffer.alloc(1_000_000, 'a')];
  let sent = 0;
  const server = createServer((socket) => {
    const more = (): void => {
      while (sent < size && socket.write(piece)) sent += piece.length;
      sent += piece.length;
      if (sent <= size) socket.once('drain', more);
    };
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n`);
      more();
    });
    socket.on('error', () => undefined);
  });
  const { body } = await door().send(await listening(server));
  // What the sockets' own buffers don't hold waits at the provider.
  for (let at = 0; at < 300; at += 1) await settled();
  expect(sent).toBeLessThan(30_000_000);
  let got = 0;
  for await (const bytes of body) {
    got += bytes.length;
    if (got > 40_000_000) break;
  }
  expect(sent).toBeGreaterThan(40_000_000);
});

test('a body whose time ran out while it was held up fails after what had come', async () => {
  const provider = await providerThat(act.large(5_000_000));
  const { send, cancellation } = door();
  const response = await send(provider.url, false);
  await settled();
  for (let at = 0; at < 50; at += 1) await settled();
  cancellation.cancel(new GatewayError('upstream.timeout', 'total'));
  expect((await failureOf(collect(response.body))).code).toBe('upstream.timeout');
});

test('a request that can’t be put on the wire is a failure, and leaves nothing behind', async () => {
  const provider = await providerThat(act.say('Hello'));
  const clock = handTurned();
  const transport = httpTransport({ connectTimeoutMs: 2000, connectionsPerOriginMax: 1 }, clock.deadlines);
  opened.push(() => transport.close());
  const broken = { ...request(provider.url, true), headers: ['x-broken', 'sk-CANARY\r\nx-smuggled: 1'] };
  const cancellation = new Cancellation();
  const error = await failureOf(transport.send(broken, { cancellation, headersTimeoutMs: 9, idleTimeoutMs: 9 }));
  expect(error).toBeInstanceOf(GatewayError);
  expect(error.message).not.toContain('CANARY');
  expect(clock.waiting.size).toBe(0);
  expect(provider.accepted).toBe(0);
});

import { describe, expect, test } from 'vitest';
import { CHAT, KEY, RawCaller, served } from '../../test/served.ts';
import { frameList, said, settled, sse } from '../../test/support.ts';
import type { Turn } from '../model/turn.ts';

const FRAMES = frameList(said('Hello', ' you'));

/** A reply whose last frames wait until they are let go, or the turn is cancelled. */
function heldReply() {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const send = async ({ cancellation }: Turn) => {
    const cancelled = new Promise<never>((_, reject) => cancellation.on(reject));
    cancelled.catch(() => undefined);
    async function* frames() {
      yield FRAMES.slice(0, 2);
      await Promise.race([released, cancelled]);
      yield FRAMES.slice(2);
    }
    return { ...sse([]), frames: frames() };
  };
  return { send, release: () => release() };
}

describe('routes', () => {
  test('what isn’t there is said in the caller’s own format', async () => {
    const { get } = await served();
    const openai = await get('/v1/nothing');
    expect([openai.status, await openai.json()]).toMatchObject([404, { error: { code: 'route.unknown' } }]);
    const anthropic = await get('/v1/messages/nothing');
    expect([anthropic.status, await anthropic.json()]).toMatchObject([404, { type: 'error' }]);
  });

  test('a wrong method names the right one', async () => {
    const { get } = await served();
    const response = await get('/v1/chat/completions');
    expect(response.status).toBe(405);
    expect(await response.text()).toContain('POST');
  });

  test('every answer carries a request id of its own', async () => {
    const { get } = await served();
    const ids = await Promise.all(
      ['/health', '/v1/models', '/nothing', '/metrics'].map(async (path) =>
        (await get(path)).headers.get('x-request-id'),
      ),
    );
    expect(new Set(ids).size).toBe(4);
    expect(ids).not.toContain(null);
  });

  test('the head of an answer is told without its body', async () => {
    const { get } = await served();
    const response = await get('/health/readiness', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(5);
  });

  test.each(['/health', '/health/liveliness', '/health/liveness', '/health/readiness', '/'])(
    '%s is open to everybody and tells nothing private',
    async (path) => {
      const { url } = await served();
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      expect(await response.text()).not.toMatch(/key|model/);
    },
  );

  test.each(['/metrics', '/v1/models', '/models', '/v1/models/the-model', '/models/the-model'])(
    '%s takes a key',
    async (path) => {
      const { url, get } = await served();
      expect((await fetch(url + path)).status).toBe(401);
      expect((await get(path)).status).toBe(200);
    },
  );

  test('models are listed and shown as OpenAI does, those the key may use', async () => {
    const listedModels = () => [
      { name: 'acme/one', provider: 'acme' },
      { name: 'two', provider: 'acme' },
    ];
    const { get } = await served({ engine: { listedModels } });
    const list: unknown = await (await get('/v1/models')).json();
    expect(list).toMatchObject({ object: 'list', data: [{ id: 'acme/one', object: 'model' }, { id: 'two' }] });
    for (const path of ['/v1/models/acme/one', '/v1/models/acme%2Fone'])
      expect(await (await get(path)).json()).toMatchObject({ id: 'acme/one', owned_by: 'acme' });
    expect((await get('/v1/models/three')).status).toBe(404);
    expect((await get('/v1/models/%zz')).status).toBe(400);
  });

  test('metrics that are off are not there', async () => {
    const { get } = await served({ ports: { metricsText: undefined } });
    expect((await get('/metrics')).status).toBe(404);
  });

  test('metrics are Prometheus text', async () => {
    const { get } = await served();
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toBe('synthlang_up 1\n');
  });
});

describe('what isn’t a proper request', () => {
  test('two Authorization headers are refused, not the second one forgotten', async () => {
    const caller = new RawCaller(await served());
    caller.say(
      `GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\nauthorization: Bearer sk-other\r\nconnection: close\r\n\r\n`,
    );
    await caller.closed;
    expect(caller.heard).toMatch(/^HTTP\/1.1 401/);
  });

  test.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['headers that are too large', `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
    ],
  ])('%s is refused in OpenAI’s shape, and the connection closed', async (_, text, status) => {
    const caller = new RawCaller(await served());
    caller.say(text);
    await caller.closed;
    expect(caller.heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(caller.heard.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { type: 'invalid_request_error' },
    });
  });

  test('rubbish behind a request never gets into the reply that is running', async () => {
    const { send, release } = heldReply();
    const caller = new RawCaller(await served({ send }));
    caller.chat({ stream: true });
    await caller.hears('Hello');
    caller.say('\u0000 rubbish\r\n\r\n');
    await Promise.race([caller.closed, settled().then(settled)]);
    release();
    await caller.closed;
    const [reply = '', refusal = ''] = caller.heard.split('0\r\n\r\n');
    expect(reply.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(reply).toMatch(/Hello.*you.*\[DONE\]/s);
    expect(refusal).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('an address that is taken is told', async () => {
    const { server } = await served();
    const port = Number(new URL(server.url).port);
    await expect(served({ settings: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('stopping', () => {
  test('replies finish, new connections are refused, and then it is over at once', async () => {
    const { send, release } = heldReply();
    const made = await served({ send });
    const caller = new RawCaller(made); // keeps its connection open for ever
    caller.chat({ stream: true });
    await caller.hears('Hello');
    const stopped = made.server.stop(60_000);
    await expect(fetch(`${made.url}/health`)).rejects.toThrow();
    release();
    await caller.hears('[DONE]');
    await stopped;
    expect(made.records).toMatchObject([{ end: 'finished' }]);
  });

  test('connections that are idle do not hold it up', async () => {
    const made = await served();
    const caller = new RawCaller(made);
    caller.say('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    await caller.hears('200 OK');
    await made.server.stop(60_000);
    await caller.closed;
  });

  test('a connection that is still open hears that the server is not ready, and is closed', async () => {
    const { send, release } = heldReply();
    const made = await served({ send });
    const caller = new RawCaller(made);
    caller.chat({ stream: true });
    await caller.hears('Hello');
    const stopped = made.server.stop(60_000);
    caller.say('GET /health/readiness HTTP/1.1\r\nhost: x\r\n\r\n');
    release();
    await caller.closed;
    await stopped;
    expect(caller.heard.split('[DONE]')[1] ?? '').not.toContain('200 OK');
  });

  test('what is late is ended with an error in its stream, never as if all were well', async () => {
    const { send } = heldReply();
    const made = await served({ send });
    const caller = new RawCaller(made);
    caller.chat({ stream: true });
    await caller.hears('Hello');
    await made.server.stop(0);
    await caller.closed;
    expect(caller.heard).toContain('gateway.stopping');
    expect(caller.heard).not.toContain('[DONE]');
    expect(made.records).toMatchObject([{ end: 'failed', error: { code: 'gateway.stopping' }, usageEstimated: true }]);
  });

  test('load balancers get time to notice: not ready, yet every request is taken, until the grace is over', async () => {
    const made = await served({ send: () => Promise.resolve(sse(FRAMES)) });
    const stopped = made.server.stop(60_000, 5000);
    expect((await made.get('/health/readiness')).status).toBe(503);
    expect((await made.post('/v1/chat/completions', { ...CHAT, stream: true })).status).toBe(200);
    made.clock.pass(5000);
    await stopped;
    await expect(made.get('/health/readiness')).rejects.toThrow();
  });

  test('a second word to stop ends the grace', async () => {
    const made = await served();
    const stopped = made.server.stop(60_000, 5000);
    await made.server.stop(0);
    await stopped;
    await expect(made.get('/health')).rejects.toThrow();
  });

  test('what is late and not begun yet is refused with 503', async () => {
    const send = ({ cancellation }: Turn) => new Promise<never>((_, reject) => cancellation.on(reject));
    const made = await served({ send });
    const response = made.post('/v1/chat/completions', CHAT);
    while (made.inFlight.size === 0) await settled();
    await made.server.stop(0);
    expect((await response).status).toBe(503);
  });
});

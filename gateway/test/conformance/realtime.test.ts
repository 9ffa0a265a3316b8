import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket as Line, WebSocketServer } from 'ws';
import { MASTER, type OperationsScene, openOperationsScene, PROVIDER_KEY } from './operations-scene.ts';

const FRAME_BYTES_MAX = 100_000;
const IDLE_MS = 1000;

let scene: OperationsScene;
let server: WebSocketServer;
let asked: IncomingMessage[];
/** What the provider does with a conversation. */
let talk: (line: Line) => void;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  server.on('connection', (line, request) => {
    asked.push(request);
    talk(line);
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  scene = await openOperationsScene(() => ({
    providers: { openai: { baseUrl, key: PROVIDER_KEY } },
    routing: { retriesMax: 0, aliases: { voice: 'openai/gpt-realtime' } },
    operations: { frameBytesMax: FRAME_BYTES_MAX, sessionIdleTimeoutMs: IDLE_MS, sessionTimeoutMs: 5000 },
  }));
});
afterAll(async () => {
  for (const line of server.clients) line.terminate();
  server.close();
  await scene.close();
});
beforeEach(() => {
  asked = [];
  talk = (line) => line.on('message', (bytes, isBinary) => line.send(bytes, { binary: isBinary }));
});

const signedBy = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

function dial(query = '?model=voice', options: object = signedBy(MASTER), protocols: string[] = []): Line {
  return new Line(`${scene.gateway.url.replace('http', 'ws')}/v1/realtime${query}`, protocols, options);
}

function opened(line: Line): Promise<Line> {
  return new Promise((resolve, reject) => line.once('open', () => resolve(line)).once('error', reject));
}

function heard(line: Line): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    line
      .once('message', (bytes) => resolve(bytes as Buffer))
      .once('close', (code) => reject(new Error(`closed ${code}`))),
  );
}

function closed(line: Line): Promise<number> {
  return new Promise((resolve) => line.once('close', resolve));
}

/** The answer to a caller that isn't let in. */
function refused(line: Line): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    line.once('open', () => reject(new Error('It was let in.')));
    line.once('unexpected-response', (_, response: IncomingMessage) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    line.on('error', reject);
  });
}

describe('a conversation', () => {
  test('goes both ways, frame by frame, in text and bytes', async () => {
    const line = await opened(
      dial('?model=voice&key=secret', { headers: { ...signedBy(MASTER).headers, 'openai-beta': 'realtime=v1' } }),
    );
    for (const frame of ['{"type":"hello"}', Buffer.from([0, 255, 1])]) {
      line.send(frame);
      expect(await heard(line)).toEqual(Buffer.from(frame));
    }
    expect(asked[0]?.url).toBe('/v1/realtime?model=gpt-realtime');
    expect(asked[0]?.headers).toMatchObject({ authorization: `Bearer ${PROVIDER_KEY}`, 'openai-beta': 'realtime=v1' });
    expect(JSON.stringify(asked[0]?.headers)).not.toContain(MASTER);
    line.close(1000, 'enough');
    expect(await closed(line)).toBe(1000);
  });

  test('is signed by a subprotocol where a browser can say nothing else, and the key isn’t said again', async () => {
    const protocols = ['realtime', `openai-insecure-api-key.${MASTER}`, 'openai-beta.realtime-v1'];
    const line = await opened(dial('?model=voice', {}, protocols));
    expect(line.protocol).toBe('realtime');
    expect(asked[0]?.headers).toMatchObject({ authorization: `Bearer ${PROVIDER_KEY}`, 'openai-beta': 'realtime=v1' });
    expect(JSON.stringify(asked[0]?.headers)).not.toContain(MASTER);
    line.close();
    await closed(line);
  });

  test('is paid for by what its answers took, and leaves one record', async () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 100,
      input_token_details: { audio_tokens: 500, cached_tokens: 0 },
      output_token_details: { audio_tokens: 50 },
    };
    talk = (line) => {
      for (let round = 0; round < 2; round += 1)
        line.send(JSON.stringify({ type: 'response.done', response: { id: `r-${round}`, usage } }));
      line.send(JSON.stringify({ type: 'other', text: '"response.done"' }));
    };
    const line = dial();
    await new Promise<void>((resolve) => {
      let frames = 0;
      line.on('message', () => (frames += 1) === 3 && resolve());
    });
    line.close();
    await scene.gateway.logged(
      (text) => text.includes('"operation":"realtime"') && text.includes('"inputTokens":2000,"outputTokens":200'),
    );
    await expect.poll(scene.lastSpend).toMatchObject({ model: 'voice' });
    expect(Number((await scene.lastSpend())['spend'])).toBeGreaterThan(0.03);
  });

  test('that the provider breaks off is a failure, said as one', async () => {
    talk = (line) => line.terminate();
    const line = dial();
    expect(await closed(line)).toBe(1011);
    await scene.gateway.logged((text) => text.includes('"operation":"realtime"') && text.includes('upstream.broke'));
  });

  test('that the provider ends is ended with its own code', async () => {
    talk = (line) => line.close(4321, 'out of words');
    expect(await closed(dial())).toBe(4321);
  });

  test('ends at the provider when the caller is gone', async () => {
    let left: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    talk = (line) => line.on('close', left);
    const line = await opened(dial());
    line.terminate();
    await gone;
  });

  test('has limits: the length of a frame, and silence', async () => {
    const line = await opened(dial());
    line.send(Buffer.alloc(FRAME_BYTES_MAX + 1));
    expect(await closed(line)).toBe(1009);
    expect(await closed(await opened(dial()))).toBe(1008);
    await scene.gateway.logged((text) => text.includes('operations.sessionIdleTimeoutMs'));
  });
});

describe('who isn’t let in', () => {
  test.each([
    ['a stranger', '?model=voice', {}, 401],
    ['a key that nobody knows', '?model=voice', signedBy('sk-other'), 401],
    ['whoever names no model', '', signedBy(MASTER), 400],
    ['whoever names an unknown model', '?model=no-such-model', signedBy(MASTER), 404],
    ['whoever names a model of a provider that can’t talk', '?model=synthlang/echo', signedBy(MASTER), 400],
    [
      'whoever’s words must be masked',
      '?model=voice',
      { headers: { ...signedBy(MASTER).headers, 'x-mask-pii-before-llm': 'true' } },
      403,
    ],
  ])('%s', async (_, query, options, status) => {
    const answer = await refused(dial(query, options));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty('error.message');
    expect(asked).toEqual([]);
  });

  test('a key whose budget or models can’t be held, and one that has had its share', async () => {
    for (const fields of [{ max_budget: 1 }, { models: ['voice'] }]) {
      const { key } = await scene.keyWith(fields);
      expect((await refused(dial('?model=voice', signedBy(key)))).status).toBe(403);
    }
    const { key } = await scene.keyWith({ rpm_limit: 1 });
    (await opened(dial('?model=voice', signedBy(key)))).close();
    expect((await refused(dial('?model=voice', signedBy(key)))).status).toBe(429);
  });

  test('a request that isn’t one for a conversation', async () => {
    expect(await scene.ask('/v1/realtime?model=voice', undefined, { method: 'GET' })).toMatchObject({ status: 400 });
    expect(await rawStatus('GET /v1/realtimes HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket')).toBe(404);
    expect(await rawStatus('GET /health HTTP/1.1\r\nconnection: upgrade\r\nupgrade: h2c')).toBe(200);
    expect(await rawStatus('GET /v1/realtime?model=voice HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket')).toBe(
      400,
    );
  });
});

function rawStatus(head: string): Promise<number> {
  const { hostname, port } = new URL(scene.gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      resolve(Number(bytes.toString('latin1').split(' ')[1]));
      socket.destroy();
    });
    socket.write(`${head}\r\nhost: x\r\nauthorization: Bearer ${MASTER}\r\n\r\n`);
  });
}

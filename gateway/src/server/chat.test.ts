import { expect, test } from 'vitest';
import { CHAT, KEY, RawCaller, served } from '../../test/served.ts';
import { ERROR_FRAME, frameList, replyOf, said, settled, sse, USAGE } from '../../test/support.ts';
import { keyring } from '../access/keyring.ts';
import { GatewayError } from '../model/error.ts';
import type { Reply } from '../model/reply.ts';
import type { Turn } from '../model/turn.ts';

const FRAMES = frameList(said('Hello', ' you'));
const STREAM = { ...CHAT, stream: true };
const answering = (reply: () => Reply) => ({ send: async () => reply() });
const asJson = (): Reply => ({
  ...sse(frameList(said('Hello'), 'json')),
  wire: { dialect: 'openai-chat', form: 'json' },
});

/** A stream that never ends by itself; keeps a watch on whether it was let go. */
function endless(frame: Buffer) {
  const seen = { isLeft: false, turn: undefined as Turn | undefined };
  const send = async (turn: Turn): Promise<Reply> => {
    seen.turn = turn;
    async function* frames() {
      try {
        yield FRAMES.slice(0, 2);
        while (!turn.cancellation.reason) {
          yield [frame];
          await settled();
        }
        throw turn.cancellation.reason;
      } finally {
        seen.isLeft = true;
      }
    }
    return { ...sse([]), frames: frames() };
  };
  return { send, seen };
}

test('a stream is passed on with the caller’s name for the model', async () => {
  const { post, records } = await served(answering(() => sse(FRAMES)));
  const response = await post('/v1/chat/completions', STREAM);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const text = await response.text();
  expect(text).toMatch(/Hello.* you.*\[DONE\]/s);
  expect(text).toContain('"model":"the-model"');
  expect(text).not.toContain('upstream-model');
  expect(records).toMatchObject([{ end: 'finished', status: 200, usage: USAGE }]);
});

test('a whole reply is passed on as JSON with its length', async () => {
  const { post } = await served(answering(asJson));
  const response = await post('/v1/chat/completions', CHAT);
  const text = await response.text();
  expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
  expect(JSON.parse(text)).toMatchObject({ model: 'the-model', choices: [{ message: { content: 'Hello' } }] });
});

test.each([
  ['events', () => replyOf(said('Hello')), CHAT],
  ['a stream', () => sse(FRAMES), CHAT],
  ['JSON', asJson, STREAM],
  ['events', () => replyOf(said('Hello')), STREAM],
])('%s are said in the form that the caller asked for', async (_, reply, asked) => {
  const { post } = await served(answering(reply));
  const response = await post('/v1/chat/completions', asked);
  const text = await response.text();
  if ('stream' in asked) expect(text).toMatch(/^data: .*Hello.*\[DONE\]\n\n$/s);
  else expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { role: 'assistant' } }] });
});

test('each dialect is answered in its own words', async () => {
  const { post } = await served(answering(() => sse(FRAMES)));
  const messages = await post('/v1/messages', { ...CHAT, max_tokens: 5 });
  expect(await messages.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hello you' }] });
  for (const path of ['/v1/completions', '/completions'])
    expect(await (await post(path, { model: 'm', prompt: 'Hi' })).json()).toMatchObject({
      choices: [{ text: 'Hello you' }],
    });
});

test('without a good key nothing is read and nobody is asked', async () => {
  const { url } = await served();
  const body = JSON.stringify(CHAT);
  const none = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  expect([none.status, await none.json()]).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
  const wrong = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    body,
    headers: { 'x-api-key': 'sk-wrong-CANARY' },
  });
  const said401 = await wrong.text();
  expect([wrong.status, JSON.parse(said401)]).toMatchObject([
    401,
    { type: 'error', error: { type: 'authentication_error' } },
  ]);
  expect(said401).not.toContain('CANARY');
});

test('a key may use its models only, also as fallbacks', async () => {
  const caller = { keyId: 'k', role: 'basic', models: ['other'] } as const;
  const { post } = await served({ engine: { keyring: keyring([{ key: KEY, caller }]) } });
  expect((await post('/v1/chat/completions', CHAT)).status).toBe(403);
  const sneaky = { ...CHAT, model: 'other', fallbacks: ['the-model'] };
  expect((await post('/v1/chat/completions', sneaky)).status).toBe(403);
});

test('a body that is too long is refused before it is read', async () => {
  const { post, server } = await served();
  expect((await post('/v1/chat/completions', 'a'.repeat(100_001))).status).toBe(413);
  const caller = new RawCaller(server);
  caller.say(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: 99999999\r\n\r\n`,
  );
  await caller.closed;
  expect(caller.heard).toMatch(/^HTTP\/1.1 413.*server.bodyBytesMax/s);
});

test('a body in chunks that grows too long is cut off there', async () => {
  const caller = new RawCaller((await served()).server);
  caller.say(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  for (let at = 0; at < 110; at += 1) caller.say(`3e8\r\n${'a'.repeat(1000)}\r\n`);
  await caller.closed;
  expect(caller.heard).toMatch(/^HTTP\/1.1 413/);
});

test('a compressed body is refused', async () => {
  const { post } = await served();
  const response = await post('/v1/chat/completions', CHAT, { headers: { 'content-encoding': 'gzip' } });
  expect(response.status).toBe(415);
});

test('a request that can’t be read names the field', async () => {
  const { post } = await served();
  const response = await post('/v1/chat/completions', { ...CHAT, temperature: 9 });
  expect([response.status, await response.json()]).toMatchObject([400, { error: { param: 'temperature' } }]);
});

test('a failure before the first word has its own status, with what to wait and whether to try again', async () => {
  const busy = new GatewayError('upstream.rate-limited', 'busy', { retryAfterMs: 1500 });
  const limited = await (await served({ send: () => Promise.reject(busy) })).post('/v1/chat/completions', STREAM);
  expect(limited.status).toBe(429);
  expect([limited.headers.get('retry-after'), limited.headers.get('retry-after-ms')]).toEqual(['2', '1500']);
  const broke = new GatewayError('upstream.broke', 'broke');
  const failed = await (await served({ send: () => Promise.reject(broke) })).post('/v1/chat/completions', STREAM);
  expect([failed.status, failed.headers.get('x-should-retry')]).toEqual([502, 'false']);
});

test('a failure in the middle of a stream is said in it, and it doesn’t end as if all were well', async () => {
  const { post, records } = await served(
    answering(() => sse([...FRAMES.slice(0, 2), ERROR_FRAME, ...FRAMES.slice(2)])),
  );
  const text = await (await post('/v1/chat/completions', STREAM)).text();
  expect(text).toMatch(/Hello.*"error".*It broke\./s);
  expect(text).not.toMatch(/\[DONE\]|finish_reason":"stop"| you/);
  expect(records).toMatchObject([{ end: 'failed', status: 200 }]);
});

test('the same is said to an Anthropic caller in its own way', async () => {
  const { post } = await served(answering(() => sse([...FRAMES.slice(0, 2), ERROR_FRAME])));
  const text = await (await post('/v1/messages', { ...STREAM, max_tokens: 5 })).text();
  expect(text).toMatch(/Hello.*event: error/s);
  expect(text).not.toContain('message_stop');
});

test('a stream that stops in the middle is an error in the stream', async () => {
  const { post, records } = await served(answering(() => sse(FRAMES.slice(0, 2))));
  const text = await (await post('/v1/chat/completions', STREAM)).text();
  expect(text).toContain('upstream.broke');
  expect(text).not.toContain('[DONE]');
  expect(records).toMatchObject([{ end: 'failed', error: { code: 'upstream.broke' } }]);
});

test('a failure in the middle of what becomes one piece is a failure, and recorded with its status', async () => {
  const { post, records } = await served(answering(() => sse(FRAMES.slice(0, 2))));
  const response = await post('/v1/chat/completions', CHAT);
  expect([response.status, await response.json()]).toMatchObject([502, { error: { code: 'upstream.broke' } }]);
  expect(records).toMatchObject([{ end: 'failed', status: 502 }]);
});

test('a reply that can’t be translated lets the provider go, and what was said is counted', async () => {
  const strange = Buffer.from('data: {"choices": nonsense\n\n');
  const source = sse([...FRAMES.slice(0, 2), strange, ...FRAMES.slice(2)]);
  const { post, records } = await served(answering(() => source));
  const text = await (await post('/v1/messages', { ...STREAM, max_tokens: 5 })).text();
  expect(text).toContain('event: error');
  expect(source.isLeft()).toBe(true);
  expect(records).toMatchObject([{ end: 'failed', error: { code: 'upstream.bad-response' }, usageEstimated: true }]);
});

test('one that was to become one piece lets the provider go as well', async () => {
  const strange = Buffer.from('data: {"choices": nonsense\n\n');
  const source = sse([...FRAMES.slice(0, 2), strange, ...FRAMES.slice(2)]);
  const { post, records } = await served(answering(() => source));
  expect((await post('/v1/messages', { ...CHAT, max_tokens: 5 })).status).toBe(502);
  expect(source.isLeft()).toBe(true);
  expect(records).toMatchObject([{ end: 'failed', status: 502, usageEstimated: true }]);
});

test('a fault of ours tells the caller nothing but the request id, and the log everything', async () => {
  const { post, bugs } = await served({ send: () => Promise.reject(new TypeError('sk-CANARY in our code')) });
  const response = await post('/v1/chat/completions', CHAT);
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toContain('CANARY');
  expect(bugs.map(String)).toEqual(['TypeError: sk-CANARY in our code']);
});

test('a caller that goes away cancels the turn, lets the provider go, and is counted', async () => {
  const { send, seen } = endless(FRAMES[1] as Buffer);
  const { server, records, recorded, inFlight } = await served({ send });
  const caller = new RawCaller(server);
  caller.chat({ stream: true });
  await caller.hears('Hello');
  caller.socket.destroy();
  await recorded();
  expect(seen.isLeft).toBe(true);
  expect(records).toMatchObject([{ end: 'cancelled', status: 499, usageEstimated: true }]);
  await settled();
  expect([inFlight.size, seen.turn?.cancellation.listening]).toEqual([0, 0]);
});

test('a caller that doesn’t read holds the provider up; gone, it is cancelled and counted', async () => {
  const big = Buffer.from(String(FRAMES[1]).replace('Hello', 'a'.repeat(100_000)));
  const { send, seen } = endless(big);
  const { server, records, recorded, clock } = await served({ send });
  const caller = new RawCaller(server);
  caller.chat({ stream: true });
  await caller.hears('Hello');
  caller.socket.pause();
  const writeTimer = () => [...clock.waiting.values()].some(({ dueAtMs }) => dueAtMs === clock.nowMs() + 1000);
  while (!writeTimer()) await settled();
  for (let at = 0; at < 50; at += 1) await settled();
  expect(records).toEqual([]);
  caller.socket.destroy();
  await recorded();
  expect(seen.isLeft).toBe(true);
  expect(records).toMatchObject([{ end: 'cancelled', status: 499, usageEstimated: true }]);
});

test('a caller that stops reading for too long is let go', async () => {
  const big = Buffer.from(String(FRAMES[1]).replace('Hello', 'a'.repeat(100_000)));
  const { send } = endless(big);
  const { server, records, recorded, clock } = await served({ send });
  const caller = new RawCaller(server);
  caller.chat({ stream: true });
  await caller.hears('Hello');
  caller.socket.pause();
  const idle = () => [...clock.waiting.values()].some(({ dueAtMs }) => dueAtMs === clock.nowMs() + 1000);
  for (let quiet = 0; quiet < 50; quiet = idle() ? quiet + 1 : 0) await settled();
  clock.pass(1000);
  await recorded();
  expect(records).toMatchObject([{ end: 'cancelled', usageEstimated: true }]);
});

test('a caller that goes away while a model is asked cancels the turn', async () => {
  const send = ({ cancellation }: Turn) => new Promise<never>((_, reject) => cancellation.on(reject));
  const { server, records, recorded, inFlight } = await served({ send });
  const caller = new RawCaller(server);
  caller.chat();
  while (inFlight.size === 0) await settled();
  caller.socket.destroy();
  await recorded();
  expect(records).toMatchObject([{ end: 'cancelled', status: 499 }]);
});

test('a caller that goes away while it sends its request leaves nothing behind', async () => {
  const { server, inFlight, clock, bugs } = await served();
  const caller = new RawCaller(server);
  caller.say(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: 100\r\n\r\n{"mo`,
  );
  await settled();
  caller.socket.destroy();
  await caller.closed;
  await settled();
  expect([inFlight.size, clock.waiting.size, bugs]).toEqual([0, 0, []]);
});

test.each([
  ['the gateway’s total time', {}, 60_000],
  ['the caller’s own', { timeout: 2.5 }, 2500],
])('%s ends the turn', async (_, fields, ms) => {
  const send = ({ cancellation }: Turn) => new Promise<never>((__, reject) => cancellation.on(reject));
  const { post, clock, inFlight, records } = await served({ send });
  const response = post('/v1/chat/completions', { ...CHAT, ...fields });
  while (inFlight.size === 0) await settled();
  clock.pass(ms - 1);
  await settled();
  expect(records).toEqual([]);
  clock.pass(1);
  expect((await response).status).toBe(504);
  expect(await (await response).text()).toContain('total timer');
  expect(clock.waiting.size).toBe(0);
});

test('what the gateway did stands in the headers, in plain ASCII', async () => {
  const send: NonNullable<Parameters<typeof served>[0]>['send'] = async (_, trail) => {
    trail.attempted({
      target: 'acme/m',
      provider: 'acme',
      model: 'möd\r\nel’s',
      fallback: 0,
      ms: 1,
      error: new GatewayError('upstream.broke', ''),
    });
    trail.attempted({ target: 'acme/m', provider: 'acme', model: 'möd\r\nel’s', fallback: 1, ms: 1, error: undefined });
    trail.noticed('dropped “seed”\nx-smuggled: 1');
    return sse(FRAMES);
  };
  const { post } = await served({ send });
  const { headers } = await post('/v1/chat/completions', STREAM);
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-synthlang-provider': 'acme',
    'x-synthlang-model': "m?d??el's",
    'x-synthlang-attempts': '2',
    'x-synthlang-fallbacks': '1',
    'x-synthlang-warning': 'dropped ?seed??x-smuggled: 1',
  });
  expect(headers.get('x-synthlang-overhead-ms')).toMatch(/^\d+\.\d\d$/);
  expect(headers.has('x-smuggled')).toBe(false);
});

test('a turn keeps the engine it began with', async () => {
  const asked: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = async (): Promise<Reply> => {
    await held;
    asked.push('first');
    return sse(FRAMES);
  };
  const { post, swap, inFlight } = await served({ send: first });
  const early = post('/v1/chat/completions', STREAM);
  while (inFlight.size === 0) await settled();
  swap({
    pipeline: {
      stages: [],
      send: async () => {
        asked.push('second');
        return sse(FRAMES);
      },
    },
  });
  await (await post('/v1/chat/completions', STREAM)).text();
  release();
  await (await early).text();
  expect(asked).toEqual(['second', 'first']);
});

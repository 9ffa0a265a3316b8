import { getEventListeners } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import * as act from '../test/scripted-provider/acts.ts';
import { behave, type Behaviour } from '../test/scripted-provider/behaviour.ts';
import { startScriptedProvider } from '../test/scripted-provider/scripted-provider.ts';
import { collect, failureOf } from '../test/support.ts';
import { createGateway, type Gateway, type GatewayOptions, mapModelName, type TurnRecord } from './library.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const HELLO = { model: 'm', messages: [{ role: 'user', content: 'Hello there' }] };

function gatewayOf(options: GatewayOptions = {}): { gateway: Gateway; records: TurnRecord[] } {
  const records: TurnRecord[] = [];
  const gateway = createGateway({ environment: {}, onRecord: (record) => records.push(record), ...options });
  opened.push(() => gateway.close());
  return { gateway, records };
}

/** A gateway whose model `m` is a provider that behaves like this, as `m`, or as `claude` in Anthropic's way. */
async function before(...behaviours: readonly Behaviour[]) {
  const provider = await startScriptedProvider({ script: behave(...behaviours) });
  opened.push(() => provider.close());
  const models = [
    { name: 'm', target: 'openai-compatible/m', apiBase: `${provider.url}/v1` },
    { name: 'claude', target: 'anthropic/m', apiBase: provider.url, key: 'sk-ant' },
  ];
  return { provider, ...gatewayOf({ config: { models, routing: { retriesMax: 0 } } }) };
}

function texts(chunks: readonly { choices: readonly { delta: { content?: string | null } }[] }[]): string {
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
}

test('with no key and no network the built-in model answers', async () => {
  const { gateway, records } = gatewayOf();
  const reply = await gateway.completeChat({ ...HELLO, model: 'synthlang/echo' });
  expect(reply).toMatchObject({ object: 'chat.completion', model: 'synthlang/echo' });
  expect(reply.choices[0]?.message.content).toBe('Hello there');
  expect(records).toMatchObject([{ end: 'finished', keyId: 'library', provider: 'synthlang' }]);
});

test.each([
  ['as they come', []],
  ['with lines that end in CRLF', [act.crlf()]],
  ['a byte at a time', [act.drip(1)]],
])('a stream is given piece by piece, %s', async (_, how) => {
  const { gateway } = await before(act.words(20), ...how);
  const chunks = await collect(gateway.streamChat(HELLO));
  expect(texts(chunks)).toBe(Array.from({ length: 20 }, (__, at) => `word${at + 1}`).join(' '));
  expect(chunks.at(-1)?.choices[0]?.finish_reason ?? chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
});

test('whether to stream is said by the function, not by the field', async () => {
  const { gateway } = gatewayOf();
  const echo = { ...HELLO, model: 'synthlang/echo' };
  expect((await gateway.completeChat({ ...echo, stream: true })).object).toBe('chat.completion');
  expect(texts(await collect(gateway.streamChat({ ...echo, stream: false })))).toBe('Hello there');
});

test('a refusal is thrown with its code and status', async () => {
  const { gateway, records } = await before(act.status(400, 'No.'));
  expect(await failureOf(gateway.completeChat(HELLO))).toMatchObject({ code: 'upstream.refused', status: 400 });
  expect(await failureOf(collect(gateway.streamChat(HELLO)))).toMatchObject({ code: 'upstream.refused' });
  expect(records.map(({ end, status }) => [end, status])).toEqual([
    ['failed', 400],
    ['failed', 400],
  ]);
});

test('a request that can’t be read is thrown, and an unknown model', async () => {
  const { gateway } = gatewayOf();
  expect((await failureOf(gateway.completeChat({ model: 'm', messages: [], temperature: 9 }))).code).toBe(
    'request.invalid',
  );
  expect((await failureOf(gateway.completeChat({ ...HELLO, model: 'nobody' }))).code).toBe('model.unknown');
});

test('a stream that is cut throws after what came', async () => {
  const { gateway, records } = await before(act.words(20), act.cutByReset({ event: 5 }));
  const got: Parameters<typeof texts>[0][number][] = [];
  const error = await failureOf(async () => {
    for await (const chunk of gateway.streamChat(HELLO)) got.push(chunk);
  });
  expect(error.code).toBe('upstream.broke');
  expect(texts(got)).toContain('word1');
  expect(records).toMatchObject([{ end: 'failed', usageEstimated: true }]);
});

test.each(['m', 'claude'])('leaving the loop cancels the provider’s work of %s', async (model) => {
  const { gateway, provider, records } = await before(act.words(50), act.stall({ event: 5 }));
  for await (const _ of gateway.streamChat({ ...HELLO, model })) break;
  expect(await (await provider.arrived(1)).ended).toBe('aborted');
  expect(records).toMatchObject([{ end: 'cancelled' }]);
});

test('a reply that can’t be translated lets the provider go, and is recorded as failed', async () => {
  const { gateway, provider, records } = await before(act.words(50), act.malformedLine(5), act.stall({ event: 9 }));
  const error = await failureOf(collect(gateway.streamChat({ ...HELLO, model: 'claude' })));
  expect(error.code).toBe('upstream.bad-response');
  expect(await (await provider.arrived(1)).ended).toBe('aborted');
  expect(records).toMatchObject([{ end: 'failed', error: { code: 'upstream.bad-response' } }]);
});

test('a signal gives a call up, and hears of it no more afterwards', async () => {
  const { gateway, provider, records } = await before(act.silent());
  const aborter = new AbortController();
  const listeners = () => getEventListeners(aborter.signal, 'abort').length;
  const whole = failureOf(gateway.completeChat(HELLO, { signal: aborter.signal }));
  const stream = failureOf(collect(gateway.streamChat(HELLO, { signal: aborter.signal })));
  const asked = [await provider.arrived(1), await provider.arrived(2)];
  aborter.abort();
  expect([(await whole).code, (await stream).code]).toEqual(['request.cancelled', 'request.cancelled']);
  expect(await Promise.all(asked.map(({ ended }) => ended))).toEqual(['aborted', 'aborted']);
  expect(records.map(({ end }) => end)).toEqual(['cancelled', 'cancelled']);
  expect(listeners()).toBe(0);
});

test('a call leaves no listener at the signal, however it ends', async () => {
  const { gateway } = await before(act.status(400));
  const { signal } = new AbortController();
  const echo = { ...HELLO, model: 'nobody' };
  await failureOf(gateway.completeChat(HELLO, { signal }));
  await failureOf(collect(gateway.streamChat(HELLO, { signal })));
  await failureOf(collect(gateway.streamChat(echo, { signal })));
  await failureOf(gateway.completeChat({ ...HELLO, temperature: 9 }, { signal }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a signal that was aborted before asks nobody', async () => {
  const { gateway, provider } = await before(act.say('Hello'));
  const error = await failureOf(gateway.completeChat(HELLO, { signal: AbortSignal.abort() }));
  expect([error.code, provider.requests.length]).toEqual(['request.cancelled', 0]);
});

test('the time that a call may take is held, as the server holds it', async () => {
  const { gateway, records } = await before(act.silent());
  const error = await failureOf(gateway.completeChat({ ...HELLO, timeout: 0.05 }));
  expect(error).toMatchObject({ code: 'upstream.timeout', status: 504 });
  const stream = await failureOf(collect(gateway.streamChat({ ...HELLO, timeout: 0.05 })));
  expect(stream.code).toBe('upstream.timeout');
  expect(records.map(({ end }) => end)).toEqual(['failed', 'failed']);
});

test('what a program does wrong on hearing of a turn doesn’t reach the turn', async () => {
  const onRecord = () => {
    throw new Error('the program’s own fault');
  };
  const { gateway } = gatewayOf({ onRecord });
  const echo = { ...HELLO, model: 'synthlang/echo' };
  expect((await gateway.completeChat(echo)).choices[0]?.message.content).toBe('Hello there');
  expect(texts(await collect(gateway.streamChat(echo)))).toBe('Hello there');
});

test('a configuration that can’t be served is refused when the gateway is built', () => {
  expect(() => createGateway({ environment: {}, config: { models: [{ name: 'm' }] } })).toThrow('models');
  expect(() => createGateway({ environment: {}, config: { nonsense: 1 } })).toThrow('nonsense');
});

test('well-known names have a full name', () => {
  expect(['gpt-4', 'claude-sonnet-4-5', 'acme/x'].map(mapModelName)).toEqual([
    'openai/gpt-4-turbo',
    'anthropic/claude-sonnet-4-5',
    'acme/x',
  ]);
});

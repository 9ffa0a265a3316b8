import type Anthropic from '@anthropic-ai/sdk';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, cutCleanly, paced, say, status, usage, words } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { type Answer, chatOf, chunkText, during, messageOf, openScene, type Scene } from './scene.ts';
import { openaiPackage } from './sdks.ts';

const OTHER_KEY = 'sk-CANARY-somebody-else-0123456789';
const CHAT = '/v1/chat/completions';

let scene: Scene;
let client: OpenAI;
let claude: Anthropic;
let count = 0;
beforeAll(async () => {
  const [sdk, opened] = await Promise.all([
    openaiPackage(),
    openScene({
      config: () => ({ cache: { enabled: true }, access: { apiKeys: [{ id: 'other', key: OTHER_KEY }] } }),
      env: { LITELLM_MASTER_KEY: 'sk-CANARY-master-0123456789', LITELLM_MAX_RETRIES: '0' },
    }),
  ]);
  scene = opened;
  const { url, key } = scene.gateway;
  client = new sdk.OpenAI({ baseURL: `${url}/v1`, apiKey: key });
  claude = new anthropic.Anthropic({ baseURL: url, apiKey: key });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform(() => behave(say(`Answer ${(count += 1)}`), usage({ input: 11, output: 7 })));
});

interface Completion {
  readonly id: string;
  readonly model: string;
  readonly object: string;
  readonly usage: object;
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

/** A question that nobody has asked before. */
const fresh = (fields: object = {}) =>
  chatOf('openai/gpt-4o', { messages: [{ role: 'user', content: `Question ${(count += 1)}` }], ...fields });
const used = ({ headers }: Answer) => headers.get('x-synthlang-cache');

describe('the same question', () => {
  test('is answered again, without asking anybody', async () => {
    const body = fresh();
    const { result, requests } = await during(
      scene.openai,
      async () => [await scene.ask(CHAT, body), await scene.ask(CHAT, body)] as const,
    );
    const [first, second] = result;
    expect([used(first), used(second)]).toEqual(['miss', 'hit']);
    expect(requests).toHaveLength(1);
    expect(second.headers.get('x-synthlang-attempts')).toBe('0');
    const [one, other] = [first, second].map(({ json }) => json as Completion);
    expect(other).toMatchObject({ model: one?.model, object: one?.object, usage: one?.usage });
    expect(other?.choices).toMatchObject([{ message: { content: one?.choices[0]?.message.content } }]);
    expect(other?.id).toMatch(/^chatcmpl-/);
    expect(other?.id).not.toBe(one?.id);
    const line = await scene.gateway.logged((text) => text.includes(second.headers.get('x-request-id') ?? '-'));
    expect(JSON.parse(line)).toMatchObject({ cache: 'hit', attempts: 0, inputTokens: 11 });
  });

  test.each([
    [false, true],
    [true, false],
    [true, true],
  ])('is answered in the form that is asked for (stream: %s, then %s)', async (one, other) => {
    const body = fresh();
    const said = ({ json, events }: Answer) =>
      (json as { choices?: readonly { message: { content: string } }[] } | undefined)?.choices?.[0]?.message.content ??
      chunkText(events);
    const first = await scene.ask(CHAT, { ...body, stream: one });
    const second = await scene.ask(CHAT, {
      ...body,
      stream: other,
      stream_options: other ? { include_usage: true } : undefined,
    });
    expect([used(first), used(second)]).toEqual(['miss', 'hit']);
    expect(said(second)).toBe(said(first));
    expect(said(second)).toMatch(/^Answer \d+$/);
    if (other) {
      expect(second.events.at(-1)).toBe('[DONE]');
      expect(second.events.at(-2)).toMatchObject({ usage: { prompt_tokens: 11, completion_tokens: 7 } });
    }
  });

  test('is answered in the dialect that is asked in', async () => {
    const messages = [{ role: 'user', content: `Question ${(count += 1)}` }];
    const first = await scene.ask(CHAT, { model: 'openai/gpt-4o', max_tokens: 100, messages, stream: true });
    const second = await scene.ask('/v1/messages', messageOf('openai/gpt-4o', { messages }));
    const third = await scene.ask('/v1/messages', messageOf('openai/gpt-4o', { messages, stream: true }));
    expect([first, second, third].map(used)).toEqual(['miss', 'hit', 'hit']);
    const text = chunkText(first.events);
    expect(second.json).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text }],
      usage: { input_tokens: 11, output_tokens: 7 },
    });
    expect(third.events.map((event) => (event as { delta?: { text?: string } }).delta?.text ?? '').join('')).toBe(text);
  });

  test('is answered to OpenAI’s client, streamed and whole', async () => {
    const messages = [{ role: 'user' as const, content: `Question ${(count += 1)}` }];
    const whole = await client.chat.completions.create({ model: 'openai/gpt-4o', messages });
    const stream = await client.chat.completions.create({
      model: 'openai/gpt-4o',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let total: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      total = chunk.usage?.total_tokens ?? total;
    }
    expect([text, total]).toEqual([whole.choices[0]?.message.content, 18]);
  });

  test('is answered to Anthropic’s client, streamed and whole', async () => {
    const asking = {
      model: 'openai/gpt-4o',
      max_tokens: 100,
      messages: [{ role: 'user' as const, content: `Question ${(count += 1)}` }],
    };
    const whole = await claude.messages.create(asking);
    const { data: streamed, response } = await claude.messages.create({ ...asking, stream: true }).withResponse();
    expect(response.headers.get('x-synthlang-cache')).toBe('hit');
    let text = '';
    for await (const event of streamed)
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    expect(whole.content).toMatchObject([{ type: 'text', text }]);
  });

  test('of 500 at once is asked once', async () => {
    const body = fresh();
    const { result, requests } = await during(scene.openai, () =>
      Promise.all(Array.from({ length: 500 }, (_, at) => scene.ask(CHAT, { ...body, stream: at % 2 === 1 }))),
    );
    expect(new Set(result.map(({ status: code }) => code))).toEqual(new Set([200]));
    expect(result.filter((answer) => used(answer) === 'hit')).toHaveLength(499);
    expect(requests).toHaveLength(1);
  }, 30_000);
});

describe('another caller', () => {
  test('is not answered with what the first was told', async () => {
    const body = fresh();
    await scene.ask(CHAT, body);
    expect(used(await scene.ask(CHAT, body, { headers: { authorization: `Bearer ${OTHER_KEY}` } }))).toBe('miss');
  });

  test('without a key is told nothing', async () => {
    const body = fresh();
    await scene.ask(CHAT, body);
    const answer = await scene.ask(CHAT, body, { headers: { authorization: null } });
    expect([answer.status, used(answer)]).toEqual([401, null]);
  });
});

describe('what isn’t a whole good answer is asked for again', () => {
  test.each([
    ['an error', () => status(503, 'busy')],
    ['a cut stream', () => behave(say('Hello you'), cutCleanly({ event: 2 }))],
    ['a call of a tool', () => call('weather', { city: 'Paris' })],
  ])('%s', async (_, behaviour) => {
    scene.openai.perform(behaviour);
    const body = fresh({ stream: true, tools: [{ type: 'function', function: { name: 'weather' } }] });
    const { requests } = await during(scene.openai, async () => {
      await scene.ask(CHAT, body);
      await scene.ask(CHAT, body);
    });
    expect(requests).toHaveLength(2);
  });

  test('an answer whose caller went away', async () => {
    const body = fresh({ stream: true });
    scene.openai.perform(behave(words(50), paced(20)));
    await scene.leave(CHAT, body);
    const { requests } = await during(scene.openai, () => scene.ask(CHAT, body));
    expect(requests).toHaveLength(1);
  });
});

describe('a switch', () => {
  test.each([
    ['a header', {}, { 'x-cache': 'off' }],
    ['a field', { cache: { 'no-cache': true, 'no-store': true } }, {}],
    ['the original’s field', { cache: false }, {}],
    ['a header over a field', { cache: true }, { 'x-synthlang-cache': 'off' }],
  ])('as %s passes the cache over, and is not sent on', async (_, fields, headers) => {
    const body = fresh();
    await scene.ask(CHAT, body);
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, { ...body, ...fields }, { headers }));
    expect(used(result)).toBe('bypass');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.json).not.toHaveProperty('cache');
  });

  test('that can’t be read is refused, naming it', async () => {
    const answer = await scene.ask(CHAT, { ...fresh(), cache: { ttl: -1 } });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { param: 'cache.ttl' } });
  });
});

test('admins see how full it is, and clear it', async () => {
  const body = fresh();
  await scene.ask(CHAT, body);
  await scene.ask(CHAT, body);
  const { json: stats } = await scene.get('/v1/cache/stats');
  expect(stats).toMatchObject({ model_stats: { 'openai/gpt-4o': { entries: expect.any(Number) as number } } });
  for (const field of ['entries', 'hits', 'misses', 'hit_rate', 'size_bytes', 'memory_usage'])
    expect((stats as Record<string, number>)[field]).toBeGreaterThan(0);
  expect((await scene.ask('/v1/cache/clear', { model: 'openai/gpt-4o' })).json).toMatchObject({ success: true });
  expect(used(await scene.ask(CHAT, body))).toBe('miss');
  const mine = { authorization: `Bearer ${OTHER_KEY}` };
  expect((await scene.get('/v1/cache/stats', { headers: mine })).status).toBe(403);
  expect((await scene.ask('/v1/cache/clear', {}, { headers: mine })).status).toBe(403);
});

test('hits are counted apart, and take no tokens', async () => {
  const { text } = await scene.get('/metrics');
  expect(text).toMatch(/synthlang_cache_total\{use="hit"\} \d{3}/);
});

test('nothing of it is in a file', () => {
  const files = readdirSync(scene.gateway.folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(scene.gateway.folder, name),
  );
  const kept = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1'));
  expect(kept.join('\n')).not.toMatch(/Question \d|Answer \d/);
});

test('where it is off, there is no word of it', async () => {
  const off = await openScene();
  try {
    const body = fresh();
    off.openai.perform(say('Hello'));
    await off.ask(CHAT, body);
    const { result, requests } = await during(off.openai, () => off.ask(CHAT, body));
    expect([used(result), requests.length]).toEqual([null, 1]);
  } finally {
    await off.close();
  }
});

describe('questions by their meaning', () => {
  let semantic: Scene;
  beforeAll(async () => {
    semantic = await openScene({
      config: () => ({ cache: { enabled: true, semantic: { enabled: true, embedMs: 10_000 } } }),
      env: { CACHE_SIMILARITY_THRESHOLD: '0.8' },
    });
    semantic.openai.perform(() => say(`Answer ${(count += 1)}`));
  });
  afterAll(() => semantic.close());
  const about = (content: string) => chatOf('openai/gpt-4o', { messages: [{ role: 'user', content }] });

  test('are answered by the model that comes along, and the answer says so', async () => {
    const first = await semantic.ask(CHAT, about('What is the capital of France?'));
    const second = await semantic.ask(CHAT, about('Could you please tell me what the capital of France is?'));
    expect([used(first), used(second)]).toEqual(['miss', 'semantic']);
    expect(Number(second.headers.get('x-synthlang-cache-similarity'))).toBeGreaterThan(0.8);
    expect((second.json as Completion).choices[0]?.message.content).toBe(
      (first.json as Completion).choices[0]?.message.content,
    );
  });

  test('are asked again when one number, name or "not" is another', async () => {
    for (const other of [
      'What is the capital of Germany?',
      'What is not the capital of France?',
      'What was the capital of France?',
    ])
      expect(used(await semantic.ask(CHAT, about(other)))).toBe('miss');
  });
});

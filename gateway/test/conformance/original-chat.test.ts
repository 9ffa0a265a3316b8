import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { status } from '../scripted-provider/acts.ts';
import { KEYS, CHAT, openOriginalScene, type OriginalScene, saying, textIn } from './original-scene.ts';
import { chunkText, during } from './scene.ts';

let scene: OriginalScene;
beforeAll(async () => {
  scene = await openOriginalScene();
});
afterAll(() => scene.close());

/** Asks, and gives the answer and what the provider got. */
async function reached(body: unknown) {
  const { result, requests } = await during(scene.openai, () => scene.post(CHAT, body));
  return { answer: result, sent: requests[0]?.json, requests };
}

describe('1–3: what is there', () => {
  test('1: GET /health needs no key and says that all is well', async () => {
    const { status: code, json } = await scene.look('/health', { headers: { authorization: null } });
    expect([code, json]).toMatchObject([200, { status: 'ok', version: expect.any(String) as string }]);
    expect(Date.parse((json as { timestamp: string }).timestamp)).toBeGreaterThan(0);
  });

  test('2: GET / names the gateway', async () => {
    const { status: code, json } = await scene.look('/', { headers: { authorization: null } });
    expect([code, json]).toMatchObject([
      200,
      { name: expect.stringContaining('SynthLang') as string, version: expect.any(String) as string, status: 'ok' },
    ]);
  });

  test('3: GET /v1/models lists models with their owners, to whoever has a key', async () => {
    const { json } = await scene.look('/v1/models');
    expect(json).toMatchObject({ object: 'list' });
    const { data } = json as { data: readonly object[] };
    expect(data.length).toBeGreaterThan(0);
    for (const model of data)
      expect(model).toMatchObject({ id: expect.any(String) as string, owned_by: expect.any(String) as string });
    expect((await scene.look('/v1/models', { headers: { authorization: null } })).status).toBe(401);
  });
});

describe('4–8: what is asked reaches the model as it was said', () => {
  test('4: one message', async () => {
    const body = { model: 'openai/test-model', messages: [{ role: 'user', content: 'Hello' }] };
    const { answer, sent } = await reached(body);
    expect([answer.status, textIn(answer)]).toEqual([200, 'Hello you']);
    expect(sent).toEqual({ ...body, model: 'test-model' });
  });

  test('5: a system message before it', async () => {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant, and answer in English.\n\n  - Indent lists.' },
      { role: 'user', content: 'Tell me the information about this function.' },
    ];
    expect((await reached({ model: 'gpt-4o-mini', messages })).sent).toEqual({ model: 'gpt-4o-mini', messages });
  });

  test('6: a temperature, 0 included', async () => {
    expect((await reached(saying('Hello', { temperature: 0.8 }))).sent).toMatchObject({ temperature: 0.8 });
    expect((await reached(saying('Hello', { temperature: 0 }))).sent).toMatchObject({ temperature: 0 });
  });

  test('7: a limit of the answer', async () => {
    expect((await reached(saying('Hello', { max_tokens: 50 }))).sent).toMatchObject({ max_tokens: 50 });
  });

  test('8: the wish for a stream, which comes in OpenAI’s chunks', async () => {
    const { answer, sent } = await reached(saying('Hello', { stream: true }));
    expect(sent).toMatchObject({ stream: true });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/event-/)]);
    expect(chunkText(answer.events)).toBe('Hello you');
    expect(answer.events[0]).toMatchObject({ choices: [{ delta: { role: 'assistant' } }] });
    expect(answer.events.at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(answer.events.at(-1)).toBe('[DONE]');
  });
});

describe('9–12: what is refused', () => {
  test.each([
    ['no key', null],
    ['another scheme', `Basic ${KEYS.basic}`],
    ['an unknown key', 'Bearer sk-nobodys-0123456789'],
  ])('9: %s is a 401 with a message, and no provider hears of it', async (_, authorization) => {
    const { result, requests } = await during(scene.openai, () =>
      scene.post(CHAT, saying('Hello'), { headers: { authorization } }),
    );
    expect([result.status, result.json]).toMatchObject([401, { error: { message: expect.stringMatching(/key/i) } }]);
    expect(requests).toEqual([]);
  });

  test('10: a request without messages, or too warm, is a 400 that names the field', async () => {
    const bad = [{ model: 'gpt-4o-mini' }, saying('Hello', { temperature: 3 })];
    const [without, warm] = await Promise.all(bad.map((body) => scene.post(CHAT, body)));
    expect(without).toMatchObject({ status: 400, json: { error: { param: 'messages' } } });
    expect(warm).toMatchObject({ status: 400, json: { error: { param: 'temperature' } } });
  });

  test('11: a provider’s error keeps its status and its message', async () => {
    scene.openai.perform(status(404, 'The model `gpt-9` does not exist'));
    const { answer } = await reached(saying('Hello'));
    scene.openai.perform({ text: 'Hello you' });
    expect(answer).toMatchObject({
      status: 404,
      json: { error: { message: expect.stringContaining('The model `gpt-9` does not exist') as string } },
    });
  });
});

describe('15–16: what else the examples ask', () => {
  test('15: a request with tools of its own, which the model gets', async () => {
    const tools = [
      {
        type: 'function',
        function: {
          name: 'web_search',
          description: 'Searches the web.',
          parameters: { type: 'object', properties: { query: { type: 'string' } } },
        },
      },
    ];
    const { answer, sent } = await reached(saying('Hello', { tools, tool_choice: 'auto' }));
    expect([answer.status, textIn(answer)]).toEqual([200, 'Hello you']);
    expect(sent).toMatchObject({ tools, tool_choice: 'auto' });
  });

  test.each(['gpt-3.5-turbo', 'gpt-4o-mini', 'o3-mini'])(
    '16: %s is asked under this name, and answers under it',
    async (model) => {
      const { answer, sent } = await reached({ ...saying('Hello'), model });
      expect([answer.status, sent?.['model'], (answer.json as { model: string }).model]).toEqual([200, model, model]);
    },
  );
});

describe('19–20: long prompts and text completions', () => {
  const system = 'You are a careful assistant that explains information retrieval step by step.\n'.repeat(40);
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: 'Explain caching.' },
  ];

  test.each([
    ['as it comes', {}],
    ['with use_gzip', { use_gzip: true }],
    ['with a high level', { use_synthlang: true, synthlang_compression_level: 'high' }],
  ])('19: a long system prompt %s is answered, and not damaged', async (_, fields) => {
    const { answer, sent } = await reached({ model: 'gpt-4o-mini', messages, ...fields });
    expect(answer.status).toBe(200);
    expect(sent).toEqual({ model: 'gpt-4o-mini', messages });
    expect(answer.headers.get('x-synthlang-warning') ?? '').toMatch('use_gzip' in fields ? /use_gzip/ : /^$/);
  });

  test('20: a text completion answers with a text and its tokens', async () => {
    const { result, requests } = await during(scene.openai, () =>
      scene.post('/v1/completions', {
        model: 'gpt-3.5-turbo-instruct',
        prompt: 'Say hello.',
        temperature: 0.5,
        max_tokens: 20,
        use_synthlang: false,
      }),
    );
    expect(result.json).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello you' }],
      usage: { total_tokens: expect.any(Number) as number },
    });
    expect(requests[0]?.json).toEqual({
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'Say hello.',
      temperature: 0.5,
      max_tokens: 20,
    });
  });
});

describe('12–14: limits and the cache', () => {
  let limited: OriginalScene;
  beforeAll(async () => {
    limited = await openOriginalScene({ cache: { enabled: true } }, { PREMIUM_RATE_LIMIT_QPM: '2' });
  });
  afterAll(() => limited.close());

  test('12: one request more than there may be in a minute is a 429 that says when to come again', async () => {
    const ask = () =>
      limited.post(CHAT, { ...saying('Hello'), model: 'synthlang/echo', cache: false }, { key: KEYS.premium });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect(refused).toMatchObject({
      status: 429,
      json: { error: { message: expect.stringContaining('Rate limit exceeded') as string } },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('13: the same question twice asks the provider once, and both are recorded; another model is asked itself', async () => {
    const { result, requests } = await during(limited.openai, async () => {
      const ids: (string | null)[] = [];
      for (const model of ['gpt-4o', 'gpt-4o', 'gpt-4o-mini'])
        ids.push((await limited.post(CHAT, { ...saying('What is a cache?'), model })).headers.get('x-request-id'));
      return ids;
    });
    expect(requests.map(({ model }) => model)).toEqual(['gpt-4o', 'gpt-4o-mini']);
    const rows = await Promise.all(
      result.map(async (id) => (await limited.look(`/spend/logs?request_id=${id}`, { key: KEYS.admin })).json),
    );
    expect(rows.map((found) => (found as readonly object[]).length)).toEqual([1, 1, 1]);
  });

  test('14: the cache tells its nine numbers, and is cleared', async () => {
    const { json } = await limited.look('/v1/cache/stats', { key: KEYS.admin });
    expect(json).toMatchObject({
      entries: 2,
      hits: 1,
      misses: 2,
      hit_rate: expect.closeTo(1 / 3, 3) as number,
      size_bytes: expect.any(Number) as number,
      memory_usage: expect.any(Number) as number,
      oldest_entry: expect.stringMatching(/^20/) as string,
      newest_entry: expect.stringMatching(/^20/) as string,
      model_stats: { 'gpt-4o': { entries: 1, hits: 1 }, 'gpt-4o-mini': { entries: 1, hits: 0 } },
    });
    expect((await limited.post('/v1/cache/clear', {}, { key: KEYS.basic })).status).toBe(403);
    const cleared = await limited.post('/v1/cache/clear', { model: 'gpt-4o' }, { key: KEYS.admin });
    expect(cleared.json).toMatchObject({ success: true, cleared_entries: 1, timestamp: expect.any(Number) as number });
    expect((await limited.look('/v1/cache/stats', { key: KEYS.admin })).json).toMatchObject({ entries: 1 });
  });
});

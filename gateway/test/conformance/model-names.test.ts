import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { named, say } from '../scripted-provider/acts.ts';
import { startScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { chatOf, during, messageOf, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';

/** Says which provider and model a name leads to. */
async function asked(scene: Scene, name: string): Promise<string> {
  const providers = { openai: scene.openai, anthropic: scene.anthropic };
  const before = { openai: scene.openai.requests.length, anthropic: scene.anthropic.requests.length };
  const { status, text } = await scene.ask(CHAT, chatOf(name, { max_tokens: 50 }));
  for (const id of ['openai', 'anthropic'] as const) {
    const request = providers[id].requests[before[id]];
    if (request) return `${id}: ${request.model}`;
  }
  return `${status}: ${text}`;
}

describe('with no config file', () => {
  let scene: Scene;
  beforeAll(async () => void (scene = await openScene()));
  afterAll(() => scene.close());

  test.each([
    ['gpt-4o-mini', 'openai: gpt-4o-mini'],
    ['gpt-4o', 'openai: gpt-4o'],
    ['gpt-4', 'openai: gpt-4-turbo'],
    ['gpt-3.5-turbo', 'openai: gpt-3.5-turbo'],
    ['o3-mini', 'openai: o3-mini'],
    ['claude-3-opus', 'anthropic: claude-3-opus'],
    ['claude-3-sonnet', 'anthropic: claude-3-sonnet'],
    ['claude-3-haiku', 'anthropic: claude-3-haiku'],
    ['claude-sonnet-4-5', 'anthropic: claude-sonnet-4-5'],
    ['openai/gpt-4o-mini', 'openai: gpt-4o-mini'],
    ['openai/my/own', 'openai: my/own'],
    ['anthropic/claude-3-opus', 'anthropic: claude-3-opus'],
  ])('%s goes to %s', async (name, place) => {
    expect(await asked(scene, name)).toBe(place);
  });

  test('a name that nobody claims is unknown', async () => {
    expect(await asked(scene, 'my-own-model')).toMatch(/^404: .*my-own-model/);
  });

  test.each(['gpt-4o', 'gpt-4', 'openai/gpt-4o'])(
    'the reply says %s, the name that was asked for, and the headers who answered',
    async (name) => {
      scene.openai.perform(behave(say('Hello you'), named('gpt-4o-2024-08-06')));
      const plain = await scene.ask(CHAT, chatOf(name));
      expect(plain.json).toMatchObject({ model: name });
      expect(plain.headers.get('x-synthlang-provider')).toBe('openai');
      expect(plain.headers.get('x-synthlang-model')).toBe(name === 'gpt-4' ? 'gpt-4-turbo' : 'gpt-4o');
      const streamed = await scene.ask(CHAT, chatOf(name, { stream: true }));
      const models = streamed.events.slice(0, -1).map((event) => (event as { model: string }).model);
      expect(models.length).toBeGreaterThan(3);
      expect(new Set(models)).toEqual(new Set([name]));
      scene.openai.perform({});
    },
  );

  test('the reply says the asked name on Anthropic’s route as well, plain and streamed', async () => {
    scene.anthropic.perform(named('claude-3-opus-20240229'));
    const plain = await scene.ask('/v1/messages', messageOf('anthropic/claude-3-opus'));
    expect(plain.json).toMatchObject({ type: 'message', model: 'anthropic/claude-3-opus' });
    const { events } = await scene.ask('/v1/messages', messageOf('anthropic/claude-3-opus', { stream: true }));
    expect(events[0]).toMatchObject({ type: 'message_start', message: { model: 'anthropic/claude-3-opus' } });
    scene.anthropic.perform({});
  });

  test('synthlang/echo always answers: plain, streamed, with tools and with usage', async () => {
    expect((await scene.ask(CHAT, chatOf('synthlang/echo'))).json).toMatchObject({
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
      usage: { total_tokens: expect.any(Number) },
    });
    const { events } = await scene.ask(CHAT, chatOf('synthlang/echo', { stream: true }));
    expect(events.at(-1)).toBe('[DONE]');
    const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }];
    const messages = [{ role: 'user', content: 'call add {"a":1}' }];
    expect((await scene.ask(CHAT, { model: 'synthlang/echo', messages, tools })).json).toMatchObject({
      choices: [
        {
          message: { tool_calls: [{ function: { name: 'add', arguments: '{"a":1}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
    });
  });

  test('the list of models has what can be asked, each by its full name', async () => {
    const { json } = await scene.get('/v1/models');
    expect(json).toMatchObject({ object: 'list' });
    const { data } = json as { data: readonly { id: string; object: string; created: number; owned_by: string }[] };
    const ids = data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['openai/gpt-4o-mini', 'anthropic/claude-3-haiku', 'synthlang/echo']));
    for (const model of data)
      expect(model).toMatchObject({
        id: expect.any(String),
        object: 'model',
        created: expect.any(Number),
        owned_by: expect.any(String),
      });
    expect((await scene.get('/models')).json).toEqual(json);
  });

  test.each(['openai/gpt-4o', 'openai%2Fgpt-4o'])('one model can be looked up: %s', async (id) => {
    const wanted = { status: 200, json: { id: 'openai/gpt-4o', object: 'model', owned_by: 'openai' } };
    expect(await scene.get(`/v1/models/${id}`)).toMatchObject(wanted);
    expect(await scene.get(`/models/${id}`)).toMatchObject(wanted);
  });

  test('a listed model says what it costs, what it takes and how much', async () => {
    const { json } = await scene.get('/v1/models/openai/gpt-4o');
    expect(json).toMatchObject({
      context_length: 128_000,
      max_output_tokens: 16_384,
      modalities: { input: ['text', 'image'], output: ['text'] },
      capabilities: expect.arrayContaining(['tools', 'structured-output']),
      pricing: { unit: 'usd_per_million_tokens', input: 2.5, output: 10, cache_read: 1.25 },
    });
    const claude = await scene.get('/v1/models/anthropic/claude-sonnet-4-5');
    expect(claude.json).toMatchObject({
      pricing: {
        cache_write: 3.75,
        cache_write_1h: 6,
        per_web_search: 0.01,
        tiers: [{ above_input_tokens: 200_000, input: 6, output: 22.5 }],
      },
    });
  });

  test('Anthropic’s clients get Anthropic’s list', async () => {
    const { json } = await scene.get('/v1/models', { headers: { 'anthropic-version': '2023-06-01' } });
    expect(json).toMatchObject({ has_more: false, first_id: expect.any(String), last_id: expect.any(String) });
    const { data } = json as { data: readonly { id: string }[] };
    expect(data.find(({ id }) => id === 'anthropic/claude-sonnet-4-5')).toMatchObject({
      type: 'model',
      display_name: 'anthropic/claude-sonnet-4-5',
      created_at: expect.any(String),
      max_input_tokens: 200_000,
      max_tokens: 64_000,
    });
  });

  test('one that isn’t there is a 404', async () => {
    expect(await scene.get('/v1/models/openai/nothing')).toMatchObject({
      status: 404,
      json: { error: { code: 'model_not_found' } },
    });
    expect((await scene.get('/v1/models/%ff')).status).toBe(400);
  });
});

describe('with LITELLM_ENABLED=false', () => {
  let scene: Scene;
  beforeAll(async () => void (scene = await openScene({ env: { LITELLM_ENABLED: 'false' } })));
  afterAll(() => scene.close());

  test.each(['gpt-4', 'my-own-model', 'claude-3-opus', 'gpt-4o'])(
    '%s goes unchanged to the plain OpenAI upstream',
    async (name) => expect(await asked(scene, name)).toBe(`openai: ${name}`),
  );

  test('Anthropic’s route reaches it too', async () => {
    const { result, requests } = await during(scene.openai, () => scene.ask('/v1/messages', messageOf('my-own-model')));
    expect(result.json).toMatchObject({ type: 'message', model: 'my-own-model' });
    expect(requests[0]?.path).toBe('/v1/chat/completions');
  });
});

describe('with a list of models', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({
      config: ({ openai, anthropic }) => ({
        models: [
          { name: 'fast', target: 'openai/gpt-4o-mini', info: { contextWindow: 9000, input: ['text'] } },
          { name: 'team/gpt-*', target: 'openai/gpt-*' },
          { name: 'team/*', target: 'anthropic/*' },
          { name: 'local', target: 'openai-compatible/llama3', apiBase: openai, headers: { 'x-team': 'blue' } },
          { name: 'own-key', target: 'openai/gpt-4o', apiBase: openai, key: 'sk-CANARY-own' },
          { name: 'elsewhere', target: 'openai/gpt-4o', apiBase: `${anthropic}/v1/s/ok` },
          { name: 'first-choice', target: 'openai/one', order: 1 },
          { name: 'first-choice', target: 'openai/two', order: 2 },
          { name: 'shared', target: 'openai/one', weight: 1 },
          { name: 'shared', target: 'openai/two', weight: 1 },
          { name: 'never', target: 'openai/one', weight: 0 },
          { name: 'never', target: 'openai/two', weight: 1 },
        ],
        routing: { aliases: { quick: 'fast' }, retriesMax: 1, backoffMinMs: 0 },
      }),
    });
  });
  afterAll(() => scene.close());

  test.each([
    ['fast', 'openai: gpt-4o-mini'],
    ['quick', 'openai: gpt-4o-mini'],
    ['team/gpt-4.1', 'openai: gpt-4.1'],
    ['team/claude-3-opus', 'anthropic: claude-3-opus'],
    ['local', 'openai: llama3'],
    ['never', 'openai: two'],
    ['first-choice', 'openai: one'],
  ])('%s goes to %s', async (name, place) => {
    expect(await asked(scene, name)).toBe(place);
  });

  test.each(['gpt-4o', 'claude-3-opus', 'openai/gpt-4o'])('%s is not on it, so it is unknown', async (name) => {
    expect(await asked(scene, name)).toMatch(/^404/);
  });

  test('an alias is what the reply calls the model', async () => {
    expect((await scene.ask(CHAT, chatOf('quick'))).json).toMatchObject({ model: 'quick' });
  });

  test('an entry’s own headers and key are sent to its target', async () => {
    await scene.ask(CHAT, chatOf('local'));
    expect(scene.openai.requests.at(-1)?.headers).toMatchObject({ 'x-team': 'blue' });
    expect(scene.openai.requests.at(-1)?.headers).not.toHaveProperty('authorization');
    await scene.ask(CHAT, chatOf('own-key'));
    expect(scene.openai.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer sk-CANARY-own' });
  });

  test('a provider’s own key is never sent to another address', async () => {
    const { requests } = await during(scene.anthropic, () => scene.ask(CHAT, chatOf('elsewhere')));
    expect(requests).toHaveLength(1);
    expect(JSON.stringify(requests[0]?.headers)).not.toContain('CANARY');
  });

  test('a group shares its requests out', async () => {
    const places = new Set<string>();
    for (let round = 0; round < 40; round += 1) places.add(await asked(scene, 'shared'));
    expect(places).toEqual(new Set(['openai: one', 'openai: two']));
  });

  test('a member of a group that fails is replaced by the next', async () => {
    scene.openai.perform((_, { model }) => (model === 'one' ? { status: 500, errorMessage: 'Down.' } : {}));
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf('first-choice')));
    scene.openai.perform({});
    expect(requests.map(({ model }) => model)).toEqual(['one', 'two']);
    expect(result.headers.get('x-synthlang-model')).toBe('two');
    expect(result.headers.get('x-synthlang-attempts')).toBe('2');
    expect(result.headers.get('x-synthlang-fallbacks')).toBe('0');
  });

  test('the list of models shows its names and aliases, without patterns', async () => {
    const { json } = await scene.get('/v1/models');
    const ids = (json as { data: { id: string }[] }).data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['fast', 'quick', 'local', 'shared', 'synthlang/echo']));
    expect(ids.join()).not.toContain('*');
    expect(ids.filter((id) => id === 'shared')).toHaveLength(1);
  });

  test('what the operator says of a model is listed instead of what is known', async () => {
    expect((await scene.get('/v1/models/fast')).json).toMatchObject({
      context_length: 9000,
      max_output_tokens: 16_384,
      modalities: { input: ['text'], output: ['text'] },
      pricing: { input: 0.15, output: 0.6 },
    });
  });
});

describe('with a default provider', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ config: () => ({ routing: { defaultProvider: 'openai' } }) });
  });
  afterAll(() => scene.close());

  test.each([
    ['my-own-model', 'openai: my-own-model'],
    ['meta/llama-3', 'openai: meta/llama-3'],
    ['claude-3-opus', 'anthropic: claude-3-opus'],
  ])('%s goes to %s', async (name, place) => expect(await asked(scene, name)).toBe(place));
});

test('a model whose provider has no key is refused, and says which name would hold it', async () => {
  const scene = await openScene({ env: { OPENAI_API_KEY: '' } });
  expect(await asked(scene, 'gpt-4o')).toMatch(/^404: .*OPENAI_API_KEY/);
  expect(await asked(scene, 'claude-3-opus')).toBe('anthropic: claude-3-opus');
  await scene.close();
});

test('a LiteLLM server can stand behind, by environment alone', async () => {
  const behind = await startScriptedProvider({ script: {} });
  const scene = await openScene({
    env: { LITELLM_PROXY_API_BASE: behind.url, LITELLM_PROXY_API_KEY: 'sk-CANARY-proxy' },
  });
  const answer = await scene.ask(CHAT, chatOf('litellm_proxy/claude-fast'));
  expect(answer.json).toMatchObject({ model: 'litellm_proxy/claude-fast' });
  expect(behind.requests[0]).toMatchObject({
    path: '/chat/completions',
    model: 'claude-fast',
    headers: { authorization: 'Bearer sk-CANARY-proxy' },
  });
  await scene.close();
  await behind.close();
});

describe('hosts that speak OpenAI’s API', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({
      config: ({ openai }) => ({
        providers: {
          groq: { key: 'sk-CANARY-groq', baseUrl: openai },
          mistral: { key: 'sk-CANARY-m', baseUrl: openai },
        },
      }),
    });
  });
  afterAll(() => scene.close());

  test('are asked under LiteLLM’s prefixes, with their own keys', async () => {
    expect(await asked(scene, 'groq/llama-3.3-70b-versatile')).toBe('openai: llama-3.3-70b-versatile');
    expect(scene.openai.requests.at(-1)?.headers['authorization']).toBe('Bearer sk-CANARY-groq');
  });

  test('are told nothing that they are documented to refuse', async () => {
    const refused = await scene.ask(CHAT, chatOf('groq/llama-3.3-70b-versatile', { logprobs: true }));
    expect(refused).toMatchObject({ status: 400, json: { error: { param: 'logprobs' } } });
    await scene.ask(CHAT, chatOf('mistral/mistral-small-latest', { stream: true, max_completion_tokens: 9, seed: 4 }));
    const { json } = scene.openai.requests.at(-1) ?? {};
    expect(json).toMatchObject({ model: 'mistral-small-latest', max_tokens: 9, random_seed: 4 });
    expect(Object.keys(json ?? {})).not.toContain('stream_options');
  });
});

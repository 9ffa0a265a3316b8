import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OperationsScene, openOperationsScene } from './operations-scene.ts';

let scene: OperationsScene;
let client: Anthropic;
beforeAll(async () => {
  scene = await openOperationsScene((url) => ({
    providers: {
      gemini: { baseUrl: `${url}/v1beta`, key: 'CANARY-gemini-key' },
      anthropic: { baseUrl: url, key: 'sk-CANARY-other-key' },
      openai: { key: 'k', baseUrl: `${url}/v1` },
    },
    privacy: { maskBeforeLlm: true },
  }));
  scene.provider.answer = () => ({ json: { input_tokens: 42 } });
  client = new Anthropic({ baseURL: scene.gateway.url, apiKey: scene.gateway.key, maxRetries: 0 });
});
afterAll(() => scene.close());

const messages = [{ role: 'user' as const, content: 'How long is this, ann@example.com?' }];

test('Anthropic counts for its own models, and sees no private data', async () => {
  const system = 'Be brief.';
  expect(await client.messages.countTokens({ model: 'anthropic/claude-haiku-4-5', system, messages })).toEqual({
    input_tokens: 42,
  });
  const last = scene.provider.requests.at(-1);
  expect(last?.url).toBe('/v1/messages/count_tokens');
  expect(last?.json).toMatchObject({ model: 'claude-haiku-4-5' });
  expect(last?.json).not.toHaveProperty('max_tokens');
  expect(JSON.stringify(last?.json)).toContain('<EMAIL_1>');
  expect(JSON.stringify(last?.json)).not.toContain('ann@example.com');
});

test('what isn’t changed is sent as it came', async () => {
  const body = { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'Hello' }], tools: [] };
  await scene.ask('/v1/messages/count_tokens', body);
  expect(scene.provider.requests.at(-1)?.body.toString()).toBe(JSON.stringify(body));
});

test('for other models a tokenizer counts, and says so', async () => {
  const before = scene.provider.requests.length;
  const { data, response } = await client.messages.countTokens({ model: 'gpt-4o', messages }).withResponse();
  expect(data.input_tokens).toBeGreaterThan(8);
  expect(data.input_tokens).toBeLessThan(40);
  expect(response.headers.get('x-synthlang-warning')).toContain('estimate');
  expect(scene.provider.requests.length).toBe(before);
});

test('mistakes are said in Anthropic’s words', async () => {
  await expect(client.messages.countTokens({ model: 'gpt-4o' } as never)).rejects.toMatchObject({
    status: 400,
    error: { type: 'error', error: { type: 'invalid_request_error' } },
  });
  await expect(client.messages.countTokens({ model: 'no-such-model', messages })).rejects.toMatchObject({
    status: 404,
  });
});

const GEMINI = '/v1beta/models/gemini%2Fgemini-2.5-flash:countTokens';
const contents = [{ role: 'user', parts: [{ text: 'Hello there' }] }];

test('Google counts for Gemini’s models, and its answer passes as it is', async () => {
  scene.provider.answer = () => ({ json: { totalTokens: 42, promptTokensDetails: [] } });
  const { json, headers } = await scene.ask(GEMINI, { contents });
  expect(json).toEqual({ totalTokens: 42, promptTokensDetails: [] });
  expect(headers.get('x-synthlang-warning')).toBeNull();
  const last = scene.provider.requests.at(-1);
  expect([last?.url, last?.json]).toEqual(['/v1beta/models/gemini-2.5-flash:countTokens', { contents }]);
  expect(last?.headers['x-goog-api-key']).toBe('CANARY-gemini-key');
  expect(await scene.lastSpend()).toMatchObject({ model: 'gemini/gemini-2.5-flash' });
});

test('Google is asked about a whole request by its own name for the model, and sees no private data', async () => {
  const systemInstruction = { parts: [{ text: 'I am ann@example.com.' }] };
  const generateContentRequest = { model: 'models/gemini-2.5-flash', contents, systemInstruction };
  await scene.ask(GEMINI, { generateContentRequest });
  const sent = scene.provider.requests.at(-1)?.json;
  expect(sent).toMatchObject({ generateContentRequest: { model: 'models/gemini-2.5-flash', contents } });
  expect(JSON.stringify(sent)).toContain('<EMAIL_1>');
  expect(JSON.stringify(sent)).not.toContain('ann@example.com');
});

test.each([
  ['Gemini’s words', '/v1beta/models/gpt-4o:countTokens', { contents }, 'totalTokens'],
  ['Gemini’s words', '/v1beta/models/claude-haiku-4-5:countTokens', { contents }, 'totalTokens'],
  ['Anthropic’s words', '/v1/messages/count_tokens', { model: 'gemini/gemini-2.5-flash', messages }, 'input_tokens'],
])('a provider is not asked to count %s that aren’t its own', async (_, path, body, name) => {
  const before = scene.provider.requests.length;
  const { json, headers } = await scene.ask(path, body);
  expect(json).toEqual({ [name]: expect.any(Number) as number });
  expect(headers.get('x-synthlang-warning')).toContain(`${name} is an estimate`);
  expect(scene.provider.requests.length).toBe(before);
});

test('a refusal of Google’s is told in its words, and a key that may not ask is refused', async () => {
  const error = { code: 400, message: 'Too many bananas', status: 'INVALID_ARGUMENT' };
  scene.provider.answer = () => ({ status: 400, json: { error } });
  const refused = await scene.ask(GEMINI, { contents });
  expect([refused.status, refused.json]).toMatchObject([400, { error }]);
  const other = await scene.keyWith({ models: ['openai/gpt-4o'] });
  expect((await scene.ask(GEMINI, { contents }, other)).status).toBe(403);
  expect((await scene.ask(GEMINI, { contents }, { headers: { authorization: null } })).status).toBe(401);
});

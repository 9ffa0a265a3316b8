import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OperationsScene, openOperationsScene } from './operations-scene.ts';

let scene: OperationsScene;
let client: Anthropic;
beforeAll(async () => {
  scene = await openOperationsScene((url) => ({
    providers: { anthropic: { baseUrl: url, key: 'sk-CANARY-other-key' }, openai: { key: 'k', baseUrl: `${url}/v1` } },
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

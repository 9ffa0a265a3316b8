import type OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call, cutCleanly, errorFrame, reason, say, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { openScene, type Scene } from './scene.ts';
import { OPENAI_VERSION, openaiPackage } from './sdks.ts';

let scene: Scene;
let client: OpenAI;
beforeAll(async () => {
  const [sdk, opened] = await Promise.all([openaiPackage(), openScene({ env: { LITELLM_MAX_RETRIES: '0' } })]);
  scene = opened;
  client = new sdk.OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: scene.gateway.key, maxRetries: 0 });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform({});
  scene.anthropic.perform({});
});

const WEATHER = {
  type: 'function' as const,
  name: 'weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

describe.each([
  ['an OpenAI provider', 'gpt-4o', (): ScriptedProvider => scene.openai, '/v1/responses'],
  ['an Anthropic provider', 'claude-3-haiku', (): ScriptedProvider => scene.anthropic, '/v1/messages'],
])(`responses of openai ${OPENAI_VERSION} with %s`, (_, model, provider, path) => {
  test('asks and gets an answer', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const response = await client.responses.create({ model, input: 'Hello', instructions: 'Be kind.', temperature: 0 });
    expect(response).toMatchObject({
      object: 'response',
      model,
      status: 'completed',
      output_text: 'Hello you',
      usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
    });
    expect(provider().requests.at(-1)?.path).toBe(path);
    expect(String(provider().requests.at(-1)?.body)).toContain('Be kind.');
  });

  test('streams, with usage at the end', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const stream = client.responses.stream({ model, input: 'Hello' });
    let heard = '';
    stream.on('response.output_text.delta', ({ delta }) => (heard += delta));
    const response = await stream.finalResponse();
    expect([heard, response.output_text, response.model]).toEqual(['Hello you', 'Hello you', model]);
    expect(response.usage).toMatchObject({ input_tokens: 11, output_tokens: 7 });
  });

  test('thinks, calls a tool and is told the result', async () => {
    provider().perform(behave(reason('Hm'), call('weather', { city: 'Rome' })));
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'Weather?' }];
    const first = await client.responses.stream({ model, input, tools: [WEATHER] }).finalResponse();
    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'function_call']);
    const asked = first.output.find(
      ({ type }) => type === 'function_call',
    ) as OpenAI.Responses.ResponseFunctionToolCall;
    expect(JSON.parse(asked.arguments)).toEqual({ city: 'Rome' });
    provider().perform(behave(say('Sunny')));
    const result = { type: 'function_call_output', call_id: asked.call_id, output: '25 degrees' } as const;
    const second = await client.responses.create({
      model,
      input: [...input, ...(first.output as OpenAI.Responses.ResponseInputItem[]), result],
      tools: [WEATHER],
    });
    expect(second.output_text).toBe('Sunny');
    const sent = String(provider().requests.at(-1)?.body);
    for (const word of ['Rome', '25 degrees', asked.call_id]) expect(sent).toContain(word);
  });

  test('hears an error before a reply, and one inside a stream', async () => {
    provider().perform(behave(status(400, 'Bad luck.')));
    await expect(client.responses.create({ model, input: 'Hello' })).rejects.toMatchObject({ status: 400 });
    provider().perform(behave(say('Hello you'), errorFrame(4, 'It broke.')));
    await expect(client.responses.stream({ model, input: 'Hello' }).finalResponse()).rejects.toThrow(/It broke/);
  });

  test('never takes a stream that was cut for a whole answer', async () => {
    provider().perform(behave(say('Hello you'), cutCleanly({ event: 4 })));
    await expect(client.responses.stream({ model, input: 'Hello' }).finalResponse()).rejects.toThrow();
  });
});

test('a response that somebody else keeps can’t be gone on with', async () => {
  const asked = client.responses.create({ model: 'claude-3-haiku', input: 'Hello', previous_response_id: 'resp_1' });
  await expect(asked).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
});

test('what OpenAI keeps is gone on with there', async () => {
  scene.openai.perform(behave(say('Hello you')));
  await client.responses.create({ model: 'gpt-4o', input: 'Hello', previous_response_id: 'resp_1', store: true });
  expect(scene.openai.requests.at(-1)?.json).toMatchObject({ previous_response_id: 'resp_1', store: true });
});

import type OpenAI from 'openai';
import type * as Sdk from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  call,
  cutByClose,
  cutCleanly,
  errorFrame,
  header,
  retryAfter,
  say,
  silent,
  status,
  usage,
} from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { openScene, type Scene } from './scene.ts';
import { HANGING, leavingTimes, OPENAI_VERSION, openaiPackage, quantile } from './sdks.ts';

let sdk: typeof Sdk;
let scene: Scene;
let client: OpenAI;
beforeAll(async () => {
  [sdk, scene] = await Promise.all([openaiPackage(), openScene({ env: { LITELLM_MAX_RETRIES: '0' } })]);
  client = new sdk.OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: scene.gateway.key });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform({});
  scene.anthropic.perform({});
});

const MESSAGES = [{ role: 'user' as const, content: 'Hello' }];
const WEATHER = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

describe.each([
  ['an OpenAI provider', 'gpt-4o', (): ScriptedProvider => scene.openai],
  ['an Anthropic provider', 'claude-3-haiku', (): ScriptedProvider => scene.anthropic],
])(`openai ${OPENAI_VERSION} with %s`, (_, model, provider) => {
  test('asks and gets an answer', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const reply = await client.chat.completions.create({ model, messages: MESSAGES, temperature: 0, max_tokens: 50 });
    expect(reply).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Hello you', refusal: null }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    });
    expect(provider().requests.at(-1)?.json).toMatchObject({ temperature: 0, max_tokens: 50 });
  });

  test('streams, with usage at the end', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const stream = await client.chat.completions.create({
      model,
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let used: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      used = chunk.usage ?? used;
    }
    expect(text).toBe('Hello you');
    expect(used).toMatchObject({ prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 });
  });

  test('collects a stream with its helper', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const heard: string[] = [];
    const stream = client.chat.completions
      .stream({ model, messages: MESSAGES, stream_options: { include_usage: true } })
      .on('content', (delta) => heard.push(delta));
    expect(await stream.finalContent()).toBe('Hello you');
    expect(heard).toEqual(['Hello', ' you']);
    expect(await stream.finalChatCompletion()).toMatchObject({
      model,
      choices: [{ message: { role: 'assistant', content: 'Hello you' }, finish_reason: 'stop' }],
    });
    expect(await stream.totalUsage()).toMatchObject({ total_tokens: 18 });
  });

  test('makes a tool round trip by hand', async () => {
    provider().perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const first = await client.chat.completions.create({ model, messages: MESSAGES, tools: [WEATHER] });
    const message = first.choices[0]?.message;
    const asked = message?.tool_calls?.[0];
    if (!message || asked?.type !== 'function') throw new Error('A function call was expected.');
    expect(JSON.parse(asked.function.arguments)).toEqual({ city: 'Zürich' });
    const second = await client.chat.completions.create({
      model,
      tools: [WEATHER],
      messages: [...MESSAGES, message, { role: 'tool', tool_call_id: asked.id, content: 'rain' }],
    });
    expect(second.choices[0]).toMatchObject({ message: { content: 'It rains' }, finish_reason: 'stop' });
  });

  test.each([false, true])('runs tools with its helper, streamed: %s', async (stream) => {
    provider().perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const called: unknown[] = [];
    const weather = {
      type: 'function' as const,
      function: {
        name: 'weather',
        description: 'Tells the weather',
        parameters: WEATHER.function.parameters,
        parse: (text: string) => JSON.parse(text) as object,
        function: (input: object) => {
          called.push(input);
          return 'rain';
        },
      },
    };
    const asked = { model, messages: MESSAGES, tools: [weather] };
    const runner = stream
      ? client.chat.completions.runTools({ ...asked, stream: true })
      : client.chat.completions.runTools({ ...asked, stream: false });
    expect(await runner.finalContent()).toBe('It rains');
    expect(called).toEqual([{ city: 'Zürich' }]);
    expect(JSON.stringify(provider().requests.at(-1)?.json)).toContain('rain');
  });

  test('asks for text completions', async () => {
    provider().perform(say('upon a time'));
    const name = model === 'gpt-4o' ? 'gpt-3.5-turbo-instruct' : model;
    const reply = await client.completions.create({ model: name, prompt: 'Once', max_tokens: 9 });
    expect(reply).toMatchObject({ object: 'text_completion', model: name, choices: [{ text: 'upon a time' }] });
  });

  test('throws its own error for each refusal of a provider, and reads when to come back', async () => {
    const kinds = [
      [400, sdk.BadRequestError],
      [401, sdk.AuthenticationError],
      [403, sdk.PermissionDeniedError],
      [404, sdk.NotFoundError],
      [409, sdk.ConflictError],
      [422, sdk.UnprocessableEntityError],
      [500, sdk.InternalServerError],
    ] as const;
    for (const [code, kind] of kinds) {
      provider().perform(status(code, 'Their words.'));
      const thrown = await failureOf(client.chat.completions.create({ model, messages: MESSAGES }, { maxRetries: 0 }));
      expect(thrown).toBeInstanceOf(kind);
      expect(thrown).toMatchObject({ status: code, message: expect.stringContaining('Their words.') });
    }
    provider().perform(behave(status(429, 'Slow down.'), retryAfter(90)));
    const limited = await failureOf(client.chat.completions.create({ model, messages: MESSAGES }, { maxRetries: 0 }));
    expect(limited).toBeInstanceOf(sdk.RateLimitError);
    expect(limited.headers?.get('retry-after')).toBe('90');
  });

  test('throws when a stream breaks, ends too early, or says an error', async () => {
    for (const act of [cutByClose({ event: 3 }), cutCleanly({ event: 3 }), errorFrame(4, 'Broken now.')]) {
      provider().perform(behave(say('Hello you there'), act));
      const thrown = await failureOf(read(client.chat.completions.create({ model, messages: MESSAGES, stream: true })));
      expect(thrown).toBeInstanceOf(sdk.APIError);
    }
  });

  test('is heard by the provider when it gives a stream up', async () => {
    provider().perform(HANGING);
    const sorted = await leavingTimes(
      provider(),
      async (signal) => {
        const stream = await client.chat.completions.create({ model, messages: MESSAGES, stream: true }, { signal });
        for await (const chunk of stream) if (chunk.choices[0]?.delta.content) return;
      },
      60,
    );
    expect(quantile(sorted, 0.5)).toBeLessThan(50);
    expect(quantile(sorted, 0.99)).toBeLessThan(1000);
  });

  test('is heard by the provider when it gives up waiting for an answer', async () => {
    provider().perform(silent());
    const sorted = await leavingTimes(
      provider(),
      async (signal) => {
        client.chat.completions.create({ model, messages: MESSAGES }, { signal }).catch(() => undefined);
      },
      60,
    );
    expect(quantile(sorted, 0.5)).toBeLessThan(50);
    expect(quantile(sorted, 0.99)).toBeLessThan(1000);
  });
});

describe(`openai ${OPENAI_VERSION} with the gateway itself`, () => {
  test('throws its own error for each refusal of the gateway', async () => {
    const stranger = new sdk.OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: 'sk-wrong' });
    const asked = { model: 'gpt-4o', messages: MESSAGES };
    const unauthorized = await failureOf(stranger.chat.completions.create(asked));
    expect(unauthorized).toBeInstanceOf(sdk.AuthenticationError);
    expect(unauthorized).toMatchObject({ status: 401, code: 'invalid_api_key', requestID: expect.stringMatching(/-/) });
    const bad = await failureOf(client.chat.completions.create({ ...asked, temperature: 3 }));
    expect(bad).toBeInstanceOf(sdk.BadRequestError);
    expect(bad).toMatchObject({ param: 'temperature', type: 'invalid_request_error' });
    const unknown = await failureOf(client.chat.completions.create({ ...asked, model: 'nobody-knows' }));
    expect(unknown).toBeInstanceOf(sdk.NotFoundError);
    expect(unknown).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  test('does not try again what the gateway has tried already, but does when it is told how long to wait', async () => {
    const asked = { model: 'gpt-4o', messages: MESSAGES };
    const before = scene.openai.requests.length;
    scene.openai.perform(status(500));
    await failureOf(client.chat.completions.create(asked));
    expect(scene.openai.requests.length - before).toBe(1);
    scene.openai.perform(behave(status(429), header('retry-after-ms', '10')));
    await failureOf(client.chat.completions.create(asked, { maxRetries: 2 }));
    expect(scene.openai.requests.length - before).toBe(4);
  });

  test('lists models and looks one up', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(['openai/gpt-4o', 'anthropic/claude-3-haiku', 'synthlang/echo']));
    expect(await client.models.retrieve('openai/gpt-4o')).toMatchObject({ id: 'openai/gpt-4o', object: 'model' });
    expect(await failureOf(client.models.retrieve('openai/nothing'))).toBeInstanceOf(sdk.NotFoundError);
  });

  test('reads the response headers', async () => {
    const { data, response, request_id } = await client.chat.completions
      .create({ model: 'gpt-4', messages: MESSAGES })
      .withResponse();
    expect(data.model).toBe('gpt-4');
    expect(response.headers.get('x-synthlang-model')).toBe('gpt-4-turbo');
    expect(request_id).toBe(response.headers.get('x-request-id'));
  });

  test('gets structured output parsed', async () => {
    scene.openai.perform(say('{"city":"Zürich","rain":true}'));
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'weather', strict: true, schema } };
    const reply = await client.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES, response_format });
    expect(JSON.parse(reply.choices[0]?.message.content ?? '')).toEqual({ city: 'Zürich', rain: true });
    expect(scene.openai.requests.at(-1)?.json['response_format']).toEqual(response_format);
  });
});

type ApiError = InstanceType<(typeof Sdk)['APIError']>;

async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work;
  } catch (thrown) {
    return thrown as ApiError;
  }
  throw new Error('It was expected to fail, and did not.');
}

async function read(stream: Promise<AsyncIterable<unknown>>): Promise<number> {
  let count = 0;
  for await (const _ of await stream) count += 1;
  return count;
}

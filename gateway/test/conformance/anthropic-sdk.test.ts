import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  call,
  cutByClose,
  cutCleanly,
  errorFrame,
  reason,
  retryAfter,
  say,
  silent,
  status,
  usage,
} from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { openScene, type Scene } from './scene.ts';
import { HANGING, leavingTimes, quantile } from './sdks.ts';

let scene: Scene;
let client: Anthropic;
beforeAll(async () => {
  scene = await openScene({ env: { LITELLM_MAX_RETRIES: '0' } });
  client = new Anthropic({ baseURL: scene.gateway.url, apiKey: scene.gateway.key });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform({});
  scene.anthropic.perform({});
});

const MESSAGES = [{ role: 'user' as const, content: 'Hello' }];
const WEATHER = {
  name: 'weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};

describe.each([
  ['an Anthropic provider', 'claude-3-haiku', (): ScriptedProvider => scene.anthropic],
  ['an OpenAI provider', 'gpt-4o', (): ScriptedProvider => scene.openai],
])('@anthropic-ai/sdk with %s', (_, model, provider) => {
  const asked = { model, max_tokens: 50, messages: MESSAGES };

  test('asks and gets an answer', async () => {
    provider().perform(behave(say('Hello you'), usage({ input: 11, output: 7 })));
    const cold = { ...asked, system: 'Be kind.', temperature: 0 };
    const reply = await client.messages.create(cold);
    expect(reply).toMatchObject({
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'Hello you' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 11, output_tokens: 7 },
    });
    expect(JSON.stringify(provider().requests.at(-1)?.json)).toContain('Be kind.');
    expect(provider().requests.at(-1)?.json).toMatchObject({ temperature: 0 });
  });

  test('streams events', async () => {
    provider().perform(say('Hello you'));
    let text = '';
    const types = new Set<string>();
    for await (const event of await client.messages.create({ ...asked, stream: true })) {
      types.add(event.type);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
    expect(text).toBe('Hello you');
    expect([...types].at(-1)).toBe('message_stop');
  });

  test('collects a stream with its helper', async () => {
    provider().perform(behave(reason('Let me see'), say('Hello you'), usage({ input: 11, output: 7 })));
    const heard: string[] = [];
    const stream = client.messages.stream(asked).on('text', (delta) => heard.push(delta));
    expect(await stream.finalMessage()).toMatchObject({
      model,
      content: [
        { type: 'thinking', thinking: 'Let me see' },
        { type: 'text', text: 'Hello you' },
      ],
      stop_reason: 'end_turn',
      usage: { output_tokens: 7 },
    });
    expect(await stream.finalText()).toBe('Hello you');
    expect(heard).toEqual(['Hello', ' you']);
  });

  test.each([false, true])('makes a tool round trip by hand, streamed: %s', async (stream) => {
    provider().perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const ask = (messages: Anthropic.MessageParam[]): Promise<Anthropic.Message> => {
      const request = { model, max_tokens: 50, messages, tools: [WEATHER] };
      return stream ? client.messages.stream(request).finalMessage() : client.messages.create(request);
    };
    const first = await ask(MESSAGES);
    expect(first.stop_reason).toBe('tool_use');
    const [use] = first.content;
    if (use?.type !== 'tool_use') throw new Error('A tool use was expected.');
    expect(use).toMatchObject({ name: 'weather', input: { city: 'Zürich' } });
    const result = { type: 'tool_result' as const, tool_use_id: use.id, content: 'rain' };
    const second = await ask([
      ...MESSAGES,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ]);
    expect(second).toMatchObject({ content: [{ type: 'text', text: 'It rains' }], stop_reason: 'end_turn' });
  });

  test('runs tools with its helper', async () => {
    provider().perform(behave(call('weather', { city: 'Zürich' }), say('It rains')));
    const called: unknown[] = [];
    const weather = {
      ...WEATHER,
      parse: (input: unknown) => input,
      run: (input: unknown) => {
        called.push(input);
        return 'rain';
      },
    };
    const reply = await client.beta.messages.toolRunner({ ...asked, tools: [weather] });
    expect(reply.content).toMatchObject([{ type: 'text', text: 'It rains' }]);
    expect(called).toEqual([{ city: 'Zürich' }]);
  });

  test('throws its own error for each refusal of a provider, and reads when to come back', async () => {
    const kinds = [
      [400, Anthropic.BadRequestError, 'invalid_request_error'],
      [401, Anthropic.AuthenticationError, 'authentication_error'],
      [403, Anthropic.PermissionDeniedError, 'permission_error'],
      [404, Anthropic.NotFoundError, 'not_found_error'],
      [500, Anthropic.InternalServerError, 'api_error'],
    ] as const;
    for (const [code, kind, type] of kinds) {
      provider().perform(status(code, 'Their words.'));
      const thrown = await failureOf(client.messages.create(asked, { maxRetries: 0 }));
      expect(thrown).toBeInstanceOf(kind);
      expect(thrown).toMatchObject({
        status: code,
        type,
        message: expect.stringContaining('Their words.'),
        error: { error: { message: 'Their words.' } },
      });
    }
    provider().perform(behave(status(429, 'Slow down.'), retryAfter(90)));
    const limited = await failureOf(client.messages.create(asked, { maxRetries: 0 }));
    expect(limited).toBeInstanceOf(Anthropic.RateLimitError);
    expect(limited.headers?.get('retry-after')).toBe('90');
  });

  test('throws when a stream breaks, ends too early, or says an error', async () => {
    for (const act of [cutByClose({ event: 4 }), cutCleanly({ event: 4 }), errorFrame(4, 'Broken now.')]) {
      provider().perform(behave(say('Hello you there'), act));
      expect(await failureOf(client.messages.stream(asked).finalMessage())).toBeInstanceOf(Anthropic.AnthropicError);
    }
  });

  test('is heard by the provider when it gives a stream up', async () => {
    provider().perform(HANGING);
    const sorted = await leavingTimes(
      provider(),
      async (signal) => {
        const stream = await client.messages.create({ ...asked, stream: true }, { signal });
        for await (const event of stream) if (event.type === 'content_block_delta') return;
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
        client.messages.create(asked, { signal }).catch(() => undefined);
      },
      60,
    );
    expect(quantile(sorted, 0.5)).toBeLessThan(50);
    expect(quantile(sorted, 0.99)).toBeLessThan(1000);
  });
});

describe('@anthropic-ai/sdk with the gateway itself', () => {
  const asked = { model: 'claude-3-haiku', max_tokens: 50, messages: MESSAGES };

  test('may send its key as a bearer token', async () => {
    const bearer = new Anthropic({ baseURL: scene.gateway.url, apiKey: null, authToken: scene.gateway.key });
    expect((await bearer.messages.create(asked)).type).toBe('message');
  });

  test('throws its own error for each refusal of the gateway', async () => {
    const stranger = new Anthropic({ baseURL: scene.gateway.url, apiKey: 'sk-wrong' });
    const unauthorized = await failureOf(stranger.messages.create(asked));
    expect(unauthorized).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(unauthorized).toMatchObject({ status: 401, type: 'authentication_error' });
    const hot = { ...asked, temperature: 3 };
    const bad = await failureOf(client.messages.create(hot));
    expect(bad).toBeInstanceOf(Anthropic.BadRequestError);
    expect(bad.message).toContain('temperature');
    const unknown = await failureOf(client.messages.create({ ...asked, model: 'nobody-knows' }));
    expect(unknown).toBeInstanceOf(Anthropic.NotFoundError);
  });

  test('does not try again what the gateway has tried already', async () => {
    const before = scene.anthropic.requests.length;
    scene.anthropic.perform(status(529, 'Overloaded.'));
    const thrown = await failureOf(client.messages.create(asked));
    expect(thrown).toMatchObject({ status: 529, type: 'overloaded_error' });
    expect(scene.anthropic.requests.length - before).toBe(1);
  });

  test('lists models', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(['anthropic/claude-3-haiku', 'openai/gpt-4o']));
  });
});

async function failureOf(work: Promise<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  try {
    await work;
  } catch (thrown) {
    return thrown as InstanceType<typeof Anthropic.APIError>;
  }
  throw new Error('It was expected to fail, and did not.');
}

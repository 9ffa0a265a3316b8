import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type * as Library from '../../src/library.ts';
import { ROOT } from '../rules/sources.ts';
import { call, retryAfter, say, stall, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { byModel } from '../scripted-provider/script.ts';
import { type ScriptedProvider, startScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { providersIn } from './scene.ts';

let library: typeof Library;
let openai: ScriptedProvider;
let anthropic: ScriptedProvider;
let gateway: Library.Gateway;
const records: Library.TurnRecord[] = [];

beforeAll(async () => {
  library = await builtLibrary();
  [openai, anthropic] = await Promise.all([
    startScriptedProvider({ script: {} }),
    startScriptedProvider({ script: {} }),
  ]);
  gateway = library.createGateway({
    config: {
      routing: {
        backoffMinMs: 0,
        backoffMaxMs: 0,
        fallbacks: { 'gpt-4': ['claude-3-haiku'] },
        breaker: { enabled: false }, // one target fails here in many ways
      },
    },
    environment: providersIn({ openai: `${openai.url}/v1`, anthropic: anthropic.url }),
    onRecord: (record) => records.push(record),
  });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([openai.close(), anthropic.close()]);
});
beforeEach(() => {
  openai.perform({});
  anthropic.perform({});
});

/** The package as a program imports it, where it is compiled; else its sources. */
async function builtLibrary(): Promise<typeof Library> {
  const { isBuilt } = (await import(pathToFileURL(join(ROOT, 'scripts/ready.mjs')).href)) as { isBuilt: () => boolean };
  const name: string = isBuilt() ? 'synthlang-proxy' : '../../src/library.ts';
  return (await import(name)) as typeof Library;
}

const user = (content: string) => [{ role: 'user', content }];

test.each([
  ['gpt-4o-mini', 'openai/gpt-4o-mini'],
  ['gpt-4o', 'openai/gpt-4o'],
  ['gpt-4', 'openai/gpt-4-turbo'],
  ['gpt-3.5-turbo', 'openai/gpt-3.5-turbo'],
  ['claude-3-opus', 'anthropic/claude-3-opus'],
  ['claude-3-sonnet', 'anthropic/claude-3-sonnet'],
  ['claude-3-haiku', 'anthropic/claude-3-haiku'],
  ['openai/gpt-4o', 'openai/gpt-4o'],
  ['my-own-model', 'my-own-model'],
  ['constructor', 'constructor'],
])('mapModelName makes of %s %s', (name, full) => expect(library.mapModelName(name)).toBe(full));

test('completeChat resolves to a chat completion, named as asked for', async () => {
  openai.perform(behave(say('Hello you'), usage({ input: 3, output: 2 })));
  const reply = await gateway.completeChat({ model: 'gpt-4', messages: user('Hello'), temperature: 0, stream: true });
  expect(reply).toMatchObject({
    object: 'chat.completion',
    model: 'gpt-4',
    choices: [{ message: { content: 'Hello you' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
  expect(openai.requests.at(-1)?.json).toMatchObject({ model: 'gpt-4-turbo', temperature: 0, stream: false });
  expect(records.at(-1)).toMatchObject({
    end: 'finished',
    model: 'gpt-4',
    upstreamModel: 'gpt-4-turbo',
    keyId: 'library',
  });
});

test('streamChat gives chunks, one after the other', async () => {
  openai.perform(say('Hello you'));
  const texts: string[] = [];
  for await (const chunk of gateway.streamChat({ model: 'gpt-4o', messages: user('Hello') })) {
    expect(chunk).toMatchObject({ object: 'chat.completion.chunk', model: 'gpt-4o' });
    texts.push(chunk.choices[0]?.delta.content ?? '');
  }
  expect(texts.join('')).toBe('Hello you');
  expect(texts.filter((text) => text !== '')).toEqual(['Hello', ' you']);
});

test('another dialect is translated, tools included', async () => {
  anthropic.perform(call('weather', { city: 'Zürich' }));
  const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
  const reply = await gateway.completeChat({ model: 'claude-3-haiku', messages: user('Weather?'), tools });
  expect(reply.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Zürich"}' } }] },
  });
});

test('fallbacks and our switches work as in the gateway', async () => {
  openai.perform(byModel({ 'gpt-4-turbo': status(500) }));
  const reply = await gateway.completeChat({ model: 'gpt-4', messages: user('Hello'), num_retries: 0, tags: ['a'] });
  expect(reply.model).toBe('gpt-4');
  expect(records.at(-1)).toMatchObject({
    provider: 'anthropic',
    tags: ['a'],
    attempts: [{ fallback: 0 }, { fallback: 1 }],
  });
  expect(anthropic.requests.at(-1)?.json).not.toHaveProperty('tags');
});

describe('errors', () => {
  const failing = async (request: Library.ChatCompletionRequest): Promise<Library.GatewayError> => {
    const thrown = await gateway.completeChat(request).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(library.GatewayError);
    return thrown as Library.GatewayError;
  };

  test('are GatewayErrors with a code, a status and the field', async () => {
    expect(await failing({ model: 'my-own-model', messages: user('x') })).toMatchObject({
      code: 'model.unknown',
      status: 404,
    });
    expect(await failing({ model: 'gpt-4o', messages: [] })).toMatchObject({
      code: 'request.invalid',
      status: 400,
      details: { param: 'messages' },
    });
    openai.perform(behave(status(429, 'Slow down.'), retryAfter(90)));
    expect(await failing({ model: 'gpt-4o', messages: user('x') })).toMatchObject({
      code: 'upstream.rate-limited',
      status: 429,
      message: 'Slow down.',
      details: { retryAfterMs: 90_000 },
    });
    expect(records.at(-1)).toMatchObject({ end: 'failed', status: 429 });
  });

  test('of streams are thrown in the loop, even after its first pieces', async () => {
    openai.perform(behave(say('Hello you'), { cut: { how: 'rst', at: { event: 2 } } }));
    const texts: string[] = [];
    const loop = async (): Promise<void> => {
      for await (const { choices } of gateway.streamChat({ model: 'gpt-4o', messages: user('x') }))
        texts.push(choices[0]?.delta.content ?? '');
    };
    await expect(loop()).rejects.toMatchObject({ code: 'upstream.broke' });
    expect(texts.join('')).toBe('Hello');
  });

  test('of the configuration are thrown when the gateway is made', () => {
    expect(() => library.createGateway({ config: { server: { prot: 1 } }, environment: {} })).toThrow(/prot/);
  });

  test('every code has its row in ERROR_RULES', () => {
    expect(library.ERROR_RULES['upstream.timeout']).toMatchObject({ status: 504, blame: 'upstream', retry: 'same' });
  });
});

describe('giving up', () => {
  test('leaving the loop cancels the provider’s work', async () => {
    openai.perform(behave(say('Hello you'), stall({ event: 2 })));
    for await (const { choices } of gateway.streamChat({ model: 'gpt-4o', messages: user('x') }))
      if (choices[0]?.delta.content) break;
    expect(await openai.requests.at(-1)?.ended).toBe('aborted');
    expect(records.at(-1)).toMatchObject({ end: 'cancelled' });
  });

  test('a signal cancels it while it waits', async () => {
    openai.perform(behave({ pauses: [{ at: 'headers' }] }));
    const controller = new AbortController();
    const arriving = openai.arrived(openai.requests.length + 1);
    const waiting = gateway.completeChat({ model: 'gpt-4o', messages: user('x') }, { signal: controller.signal });
    const request = await arriving;
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'request.cancelled' });
    expect(await request.ended).toBe('aborted');
  });

  test('one that was given before nobody is asked', async () => {
    const before = openai.requests.length;
    const asking = gateway.completeChat({ model: 'gpt-4o', messages: user('x') }, { signal: AbortSignal.abort() });
    await expect(asking).rejects.toMatchObject({ code: 'request.cancelled' });
    expect(openai.requests).toHaveLength(before);
  });
});

test('LiteLLM’s settings are taken as well', async () => {
  const other = library.createGateway({
    config: {
      model_list: [
        { model_name: 'fast', litellm_params: { model: 'openai/gpt-4o', api_base: `${openai.url}/v1`, api_key: 'k' } },
      ],
    },
    environment: {},
  });
  expect(await other.completeChat({ model: 'fast', messages: user('x') })).toMatchObject({ model: 'fast' });
  expect(openai.requests.at(-1)?.headers['authorization']).toBe('Bearer k');
  await other.close();
});

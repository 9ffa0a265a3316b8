import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatOf, during, messageOf, openScene, type Scene, send } from './scene.ts';

const BODY_BYTES_MAX = 20_000;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ config: () => ({ server: { bodyBytesMax: BODY_BYTES_MAX } }) });
});
afterAll(() => scene.close());

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const user = { role: 'user', content: 'Hello' };

const WRONG_CHATS: readonly (readonly [string, Record<string, unknown>])[] = [
  ['model', { messages: [user] }],
  ['model', chatOf('gpt-4o', { model: 7 })],
  ['model', chatOf('')],
  ['messages', { model: 'gpt-4o' }],
  ['messages', chatOf('gpt-4o', { messages: [] })],
  ['messages', chatOf('gpt-4o', { messages: 'Hello' })],
  ['messages[0]', chatOf('gpt-4o', { messages: ['Hello'] })],
  ['messages[1].role', chatOf('gpt-4o', { messages: [user, { content: 'x' }] })],
  ['messages[0].content', chatOf('gpt-4o', { messages: [{ role: 'user', content: 5 }] })],
  ['messages[0].content', chatOf('gpt-4o', { messages: [{ role: 'user' }] })],
  ['messages[0].content[0].text', chatOf('gpt-4o', { messages: [{ role: 'user', content: [{ type: 'text' }] }] })],
  ['messages[0].tool_call_id', chatOf('gpt-4o', { messages: [{ role: 'tool', content: 'x' }] })],
  ['temperature', chatOf('gpt-4o', { temperature: 'hot' })],
  ['temperature', chatOf('gpt-4o', { temperature: -0.1 })],
  ['top_p', chatOf('gpt-4o', { top_p: 1.1 })],
  ['presence_penalty', chatOf('gpt-4o', { presence_penalty: 3 })],
  ['frequency_penalty', chatOf('gpt-4o', { frequency_penalty: -3 })],
  ['n', chatOf('gpt-4o', { n: 0 })],
  ['max_tokens', chatOf('gpt-4o', { max_tokens: 1.5 })],
  ['max_completion_tokens', chatOf('gpt-4o', { max_completion_tokens: -1 })],
  ['stream', chatOf('gpt-4o', { stream: 'yes' })],
  ['stop', chatOf('gpt-4o', { stop: 5 })],
  ['tools', chatOf('gpt-4o', { tools: {} })],
  ['tools[0].function.name', chatOf('gpt-4o', { tools: [{ type: 'function', function: {} }] })],
  ['response_format', chatOf('gpt-4o', { response_format: 'json' })],
  ['logit_bias', chatOf('gpt-4o', { logit_bias: [1] })],
  ['user', chatOf('gpt-4o', { user: { id: 1 } })],
  ['num_retries', chatOf('gpt-4o', { num_retries: -1 })],
  ['timeout', chatOf('gpt-4o', { timeout: 'soon' })],
  ['fallbacks', chatOf('gpt-4o', { fallbacks: [1] })],
  ['disable_fallbacks', chatOf('gpt-4o', { disable_fallbacks: 'perhaps' })],
  ['tags', chatOf('gpt-4o', { tags: { a: 1 } })],
  ['drop_params', chatOf('gpt-4o', { drop_params: 3 })],
];

test.each(WRONG_CHATS)(
  'a chat request with a wrong %s is refused with 400 in OpenAI’s words: %j',
  async (param, body) => {
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, body));
    expect(result.status).toBe(400);
    expect(result.json).toEqual({
      error: {
        message: expect.stringContaining(param),
        type: 'invalid_request_error',
        param,
        code: expect.any(String),
      },
    });
    expect(requests).toEqual([]);
  },
);

const WRONG_MESSAGES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['model', { max_tokens: 5, messages: [user] }],
  ['max_tokens', { model: 'claude-3-haiku', messages: [user] }],
  ['max_tokens', messageOf('claude-3-haiku', { max_tokens: -1 })],
  ['messages', { model: 'claude-3-haiku', max_tokens: 5 }],
  ['messages', messageOf('claude-3-haiku', { messages: [] })],
  ['messages[0].role', messageOf('claude-3-haiku', { messages: [{ role: 'tool', content: 'x' }] })],
  ['messages[0].content', messageOf('claude-3-haiku', { messages: [{ role: 'user', content: 5 }] })],
  ['messages[0].content[0].type', messageOf('claude-3-haiku', { messages: [{ role: 'user', content: [{}] }] })],
  ['temperature', messageOf('claude-3-haiku', { temperature: 1.5 })],
  ['stream', messageOf('claude-3-haiku', { stream: 1 })],
  ['tools', messageOf('claude-3-haiku', { tools: 'all' })],
  ['stop_sequences', messageOf('claude-3-haiku', { stop_sequences: 'x' })],
  ['timeout', messageOf('claude-3-haiku', { timeout: -1 })],
];

test.each(WRONG_MESSAGES)(
  'a Messages request with a wrong %s is refused with 400 in Anthropic’s words: %j',
  async (field, body) => {
    const { result, requests } = await during(scene.anthropic, () => scene.ask(MESSAGES, body));
    expect(result.status).toBe(400);
    expect(result.json).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining(field) },
      request_id: result.headers.get('x-request-id'),
    });
    expect(requests).toEqual([]);
  },
);

test.each([
  ['prompt', { model: 'gpt-3.5-turbo-instruct' }],
  ['prompt', { model: 'gpt-3.5-turbo-instruct', prompt: { a: 1 } }],
  ['max_tokens', { model: 'gpt-3.5-turbo-instruct', prompt: 'x', max_tokens: 'many' }],
])('a text completion with a wrong %s is refused with 400', async (param, body) => {
  const answer = await scene.ask('/v1/completions', body);
  expect(answer).toMatchObject({ status: 400, json: { error: { type: 'invalid_request_error', param } } });
});

test.each(['model', 'messages', 'stream', 'max_tokens'])(
  'a request that says %s twice is refused, since parsers disagree which counts',
  async (field) => {
    const text = JSON.stringify(chatOf('gpt-4o', { stream: false, max_tokens: 5 }));
    const value = JSON.stringify((JSON.parse(text) as Record<string, unknown>)[field]);
    const answer = await scene.ask(CHAT, text.replace(/}$/, `,"${field}":${value}}`));
    expect(answer).toMatchObject({ status: 400, json: { error: { param: field } } });
  },
);

describe('what is not there', () => {
  test('an unknown model is a 404 that names it, in both dialects', async () => {
    expect(await scene.ask(CHAT, chatOf('nobody-knows-this'))).toMatchObject({
      status: 404,
      json: {
        error: { code: 'model_not_found', param: 'model', message: expect.stringContaining('nobody-knows-this') },
      },
    });
    expect(await scene.ask(MESSAGES, messageOf('nobody-knows-this'))).toMatchObject({
      status: 404,
      json: {
        type: 'error',
        error: { type: 'not_found_error', message: expect.stringContaining('nobody-knows-this') },
      },
    });
  });

  test('an unknown route is a 404, in the words of the API it would belong to', async () => {
    expect(await scene.ask('/v1/nothing', {})).toMatchObject({
      status: 404,
      json: { error: { code: 'route.unknown' } },
    });
    expect(await scene.ask('/v1/messages/nothing', {})).toMatchObject({
      status: 404,
      json: { type: 'error', error: { type: 'not_found_error' } },
    });
  });

  test('a route with another method is a 405', async () => {
    expect(await scene.get(CHAT)).toMatchObject({ status: 405, json: { error: { code: 'route.method' } } });
    expect(await scene.get(MESSAGES)).toMatchObject({ status: 405, json: { type: 'error' } });
    expect(await scene.ask('/v1/models', {})).toMatchObject({ status: 405 });
  });
});

describe('bodies that are not taken', () => {
  const big = chatOf('gpt-4o', { user: 'x'.repeat(BODY_BYTES_MAX) });

  test('one that is too long is a 413, and nothing is sent upstream', async () => {
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, big));
    expect(result).toMatchObject({ status: 413, json: { error: { code: 'request.too-large' } } });
    expect(requests).toEqual([]);
    expect(await scene.ask(MESSAGES, { ...big, max_tokens: 5 })).toMatchObject({
      status: 413,
      json: { type: 'error', error: { type: 'request_too_large' } },
    });
  });

  test('one without a length is cut off at the same place', async () => {
    const stream = new Blob([JSON.stringify(big)]).stream();
    const response = await fetch(scene.gateway.url + CHAT, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.gateway.key}`, 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    await response.body?.cancel();
  });

  test('a compressed one is a 415', async () => {
    const bytes = gzipSync(JSON.stringify(chatOf('gpt-4o')));
    const answer = await scene.ask(CHAT, bytes, { headers: { 'content-encoding': 'gzip' } });
    expect(answer).toMatchObject({ status: 415, json: { error: { code: 'request.media-type' } } });
  });
});

test('HEAD / answers without a body, as Claude Code asks for before it starts', async () => {
  const answer = await send(`${scene.gateway.url}/`, { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, text: '' });
  expect(await send(`${scene.gateway.url}/`)).toMatchObject({
    status: 200,
    json: { name: 'SynthLang Proxy', version: expect.any(String), status: 'ok' },
  });
});

test('every answer has a request id of its own', async () => {
  const answers = [
    await scene.ask(CHAT, chatOf('gpt-4o')),
    await scene.ask(CHAT, {}),
    await scene.ask('/nothing', {}),
    await send(`${scene.gateway.url}/health`),
    await scene.ask(CHAT, chatOf('gpt-4o'), { headers: { authorization: null } }),
  ];
  const ids = answers.map(({ headers }) => headers.get('x-request-id') ?? '');
  expect(ids.every((id) => id.length > 20)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
});

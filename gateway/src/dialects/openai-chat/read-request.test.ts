import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../model/error.ts';
import type { Ask } from '../../model/request.ts';
import { MODEL_NAME_CHARS_MAX } from '../request-spans.ts';
import { readChatRequest } from './read-request.ts';

const messages = [{ role: 'user', content: 'Hello' }];
const good = { model: 'gpt-4o-mini', messages };

function read(body: unknown): Ask {
  return readText(JSON.stringify(body));
}

function readText(text: string): Ask {
  const body = JSON.parse(text) as Record<string, unknown>;
  return readChatRequest({ dialect: 'openai-chat', bytes: Buffer.from(text), body });
}

function fault(act: () => unknown): Pick<GatewayError, 'code' | 'status'> & { param: string | undefined } {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof GatewayError) {
      return { code: thrown.code, status: thrown.status, param: thrown.details.param };
    }
  }
  throw new Error('That should have been refused.');
}

const refused = (param: string) => ({ code: 'request.invalid', status: 400, param });

describe('a chat request', () => {
  test('is read without decoding its conversation', () => {
    const ask = read({ ...good, stream: true, stream_options: { include_usage: true } });
    expect(ask.head).toEqual({ model: 'gpt-4o-mini', stream: true, usageWanted: true });
    expect(ask.look()).toBe(ask.look());
  });

  test('wants usage in its stream only if it says so', () => {
    expect(read({ ...good, stream: true }).head.usageWanted).toBe(false);
    expect(read({ ...good, stream_options: { include_usage: true } }).head.usageWanted).toBe(false);
  });

  test.each([
    ['model', { messages }],
    ['model', { ...good, model: null }],
    ['model', { ...good, model: 7 }],
    ['model', { ...good, model: '' }],
    ['model', { ...good, model: 'x'.repeat(MODEL_NAME_CHARS_MAX + 1) }],
    ['messages', { model: 'm' }],
    ['messages', { ...good, messages: null }],
    ['messages', { ...good, messages: [] }],
    ['messages', { ...good, messages: 'Hello' }],
    ['messages[1]', { ...good, messages: [...messages, 'Hello'] }],
    ['messages[1].role', { ...good, messages: [...messages, { content: 'x' }] }],
    ['messages[0].role', { ...good, messages: [{ role: 'robot', content: 'x' }] }],
    ['messages[0].content', { ...good, messages: [{ role: 'user' }] }],
    ['messages[0].content', { ...good, messages: [{ role: 'user', content: null }] }],
    ['messages[0].content', { ...good, messages: [{ role: 'user', content: { text: 'x' } }] }],
    ['messages[0].content', { ...good, messages: [{ role: 'assistant', content: 7 }] }],
    ['messages[0].content[0]', { ...good, messages: [{ role: 'user', content: ['x'] }] }],
    ['messages[0].content[0].type', { ...good, messages: [{ role: 'user', content: [{ text: 'x' }] }] }],
    ['messages[0].content[0].text', { ...good, messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    [
      'messages[0].content[0].image_url',
      { ...good, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
    ],
    ['messages[0].name', { ...good, messages: [{ role: 'user', content: 'x', name: 7 }] }],
    ['messages[0].tool_call_id', { ...good, messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].tool_calls', { ...good, messages: [{ role: 'assistant', tool_calls: {} }] }],
    ['messages[0].tool_calls[0].function', { ...good, messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }],
    [
      'messages[0].tool_calls[0].function.name',
      { ...good, messages: [{ role: 'assistant', tool_calls: [{ function: { arguments: '{}' } }] }] },
    ],
    ['temperature', { ...good, temperature: -0.1 }],
    ['temperature', { ...good, temperature: 2.1 }],
    ['temperature', { ...good, temperature: '1' }],
    ['top_p', { ...good, top_p: 1.5 }],
    ['presence_penalty', { ...good, presence_penalty: 3 }],
    ['max_tokens', { ...good, max_tokens: 0 }],
    ['max_tokens', { ...good, max_tokens: 1.5 }],
    ['max_completion_tokens', { ...good, max_completion_tokens: -100 }],
    ['n', { ...good, n: 0 }],
    ['n', { ...good, n: 129 }],
    ['seed', { ...good, seed: 1.5 }],
    ['stream', { ...good, stream: 'true' }],
    ['stream_options', { ...good, stream: true, stream_options: true }],
    ['stop', { ...good, stop: 7 }],
    ['stop[1]', { ...good, stop: ['a', 7] }],
    ['logprobs', { ...good, logprobs: 5 }],
    ['top_logprobs', { ...good, top_logprobs: 21 }],
    ['logit_bias', { ...good, logit_bias: [] }],
    ['tools', { ...good, tools: {} }],
    ['tools[0].type', { ...good, tools: [{}] }],
    ['tools[0].function', { ...good, tools: [{ type: 'function' }] }],
    ['tools[0].function.name', { ...good, tools: [{ type: 'function', function: { name: '' } }] }],
    [
      'tools[0].function.parameters',
      { ...good, tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] },
    ],
    ['tool_choice', { ...good, tool_choice: 7 }],
    ['tool_choice.function.name', { ...good, tool_choice: { type: 'function' } }],
    ['response_format', { ...good, response_format: 'json' }],
    ['response_format.type', { ...good, response_format: {} }],
    ['parallel_tool_calls', { ...good, parallel_tool_calls: 1 }],
    ['user', { ...good, user: 7 }],
  ])('is refused with the name of the field: %s', (param, body) => {
    expect(fault(() => read(body))).toEqual(refused(param));
  });

  test.each([
    ['no temperature at all', { ...good, temperature: 0 }],
    ['the hottest temperature', { ...good, temperature: 2 }],
    ['null where nothing is wanted', { ...good, temperature: null, stop: null, tools: null, stream: null, n: null }],
    ['fields nobody knows', { ...good, brand_new_field: { a: [1] } }],
    ['parts nobody knows', { ...good, messages: [{ role: 'user', content: [{ type: 'video_url', video_url: 7 }] }] }],
    ['tools nobody knows', { ...good, tools: [{ type: 'web_search' }, { type: 'custom', custom: { name: 'c' } }] }],
    [
      'an assistant that only called',
      { ...good, messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }] },
    ],
    ['the older function role', { ...good, messages: [{ role: 'function', name: 'f', content: null }], functions: [] }],
    ['the longest model name', { ...good, model: 'x'.repeat(MODEL_NAME_CHARS_MAX) }],
  ])('may have %s', (_, body) => {
    expect(() => read(body).look()).not.toThrow();
  });

  test.each(['model', 'stream', 'max_tokens', 'max_completion_tokens', 'n', 'tools', 'messages'])(
    'is refused if %s stands twice, even in disguise',
    (name) => {
      const value = JSON.stringify({ model: 'm', stream: true, messages, tools: [] }[name] ?? 1);
      const rest = JSON.stringify(good).slice(1, -1);
      const disguised = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;
      for (const twin of [name, disguised]) {
        const text = `{${rest},"${name}":${value},"${twin}":${value}}`;
        expect(fault(() => readText(text))).toEqual(refused(name));
      }
    },
  );
});

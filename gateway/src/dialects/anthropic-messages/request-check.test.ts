import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../model/error.ts';
import type { Ask, Origin } from '../../model/request.ts';
import { anthropicMessages } from './anthropic-messages.ts';

const GOOD = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] };

function originOf(json: string): Origin {
  return {
    dialect: 'anthropic-messages',
    bytes: Buffer.from(json),
    body: JSON.parse(json) as Readonly<Record<string, unknown>>,
  };
}

function read(fields: object): Ask {
  return anthropicMessages.readRequest(originOf(JSON.stringify({ ...GOOD, ...fields })));
}

function refused(act: () => unknown): GatewayError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('It was not refused.');
}

describe('a request is refused, and the field is named:', () => {
  const block = (value: unknown) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, value] }] });
  const cases: readonly (readonly [string, object])[] = [
    ['model', { model: undefined }],
    ['model', { model: '' }],
    ['max_tokens', { max_tokens: undefined }],
    ['max_tokens', { max_tokens: -1 }],
    ['max_tokens', { max_tokens: 1.5 }],
    ['max_tokens', { max_tokens: '10' }],
    ['stream', { stream: 'true' }],
    ['messages', { messages: undefined }],
    ['messages', { messages: [] }],
    ['messages[1]', { messages: [...GOOD.messages, 'text'] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'a' }] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: { type: 'text', text: 'a' } }] }],
    ['messages[0].content[1]', block('text')],
    ['messages[0].content[1].type', block({ text: 'a' })],
    ['messages[0].content[1].text', block({ type: 'text' })],
    ['system', { system: 7 }],
    ['system[0].type', { system: [{}] }],
    ['temperature', { temperature: 1.1 }],
    ['temperature', { temperature: '0' }],
    ['top_p', { top_p: -0.1 }],
    ['top_k', { top_k: null }],
    ['tools', { tools: {} }],
    ['tools[0]', { tools: ['search'] }],
    ['tool_choice', { tool_choice: 'auto' }],
    ['thinking.type', { thinking: { budget_tokens: 1024 } }],
    ['metadata', { metadata: 'me' }],
    ['stop_sequences', { stop_sequences: 'END' }],
    ['stop_sequences[1]', { stop_sequences: ['a', 1] }],
  ];
  test.each(cases)('%s in %j', (param, fields) => {
    const error = refused(() => read(fields));
    expect([error.code, error.details.param]).toEqual(['request.invalid', param]);
    expect(error.message).toContain(param);
  });

  test('max_tokens is said to be required by the format', () => {
    expect(refused(() => read({ max_tokens: undefined })).message).toContain('requires');
  });

  test.each(['model', 'stream', 'max_tokens', 'messages', 'system', 'tools'])('%s that stands twice', (key) => {
    const json = `{"model":"a","max_tokens":1,"stream":true,"messages":[{"role":"user","content":"\\"${key}\\":1"}],
      "system":"s","tools":[]}`;
    const again = (JSON.parse(json) as Record<string, unknown>)[key];
    const twice = json.replace(
      /\}$/,
      `,"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}":${JSON.stringify(again)}}`,
    );
    expect(read({}).head.model).toBe('m');
    expect(anthropicMessages.readRequest(originOf(json)).head.model).toBe('a');
    expect(refused(() => anthropicMessages.readRequest(originOf(twice))).details.param).toBe(key);
  });
});

describe('a request is taken', () => {
  test.each([
    { temperature: 0 },
    { temperature: 1 },
    { max_tokens: 0 },
    { messages: [{ role: 'user', content: [{ type: 'block_of_tomorrow', x: 1 }] }] },
    { messages: [...GOOD.messages, { role: 'system', content: 'Be brief.' }] },
    { brand_new_field: { any: 'thing' } },
  ])('with %j', (fields) => {
    expect(read(fields).head).toMatchObject({ model: 'm', stream: false, usageWanted: true });
  });

  test('and its stream wish is known without decoding', () => {
    expect(read({ stream: true }).head.stream).toBe(true);
  });
});

test('a thread is gone on with without a new message', () => {
  const thread = { type: 'continue', previous_message_id: 'msg_1' };
  expect(read({ messages: [], thread }).head.model).toBe('m');
  expect(refused(() => read({ messages: [], thread: { type: 'create' } })).details.param).toBe('messages');
});

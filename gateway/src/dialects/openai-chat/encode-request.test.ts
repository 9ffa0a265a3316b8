import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message, Part } from '../../model/request.ts';
import { encodeChatRequest } from './encode-request.ts';

const base: ChatRequest = {
  model: 'caller-name',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  usageWanted: false,
};

function said(more: Partial<ChatRequest>, model = 'llama'): Record<string, unknown> {
  return JSON.parse(encodeChatRequest({ ...base, ...more }, model).bytes.toString()) as Record<string, unknown>;
}

function lost(more: Partial<ChatRequest>, model = 'llama'): string[] {
  return encodeChatRequest({ ...base, ...more }, model).losses.map(({ what, kind }) => `${kind} ${what}`);
}

function messages(...list: readonly Message[]): { messages: readonly Message[] } {
  return { messages: list };
}

const user = (...content: readonly Part[]): Message => ({ role: 'user', content });
const assistant = (...content: readonly Part[]): Message => ({ role: 'assistant', content });
const text = (words: string): Part => ({ type: 'text', text: words });
const result = (callId: string, ...content: readonly Part[]): Part => ({ type: 'tool-result', callId, content });
const image: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'iVBO' } };

describe('a request from another dialect', () => {
  test('is written plainly', () => {
    expect(said({ stream: true, temperature: 0 })).toEqual({
      model: 'llama',
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('has its tool results as messages of their own, before the words that came with them', () => {
    const mixed = user(text('Look:'), result('a', text('1')), result('b', text('2'), text('3')));
    expect(said(messages(mixed))['messages']).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '1' },
      {
        role: 'tool',
        tool_call_id: 'b',
        content: [
          { type: 'text', text: '2' },
          { type: 'text', text: '3' },
        ],
      },
      { role: 'user', content: 'Look:' },
    ]);
  });

  test('has the pictures of a tool result in the user message that follows', () => {
    expect(said(messages(user(result('a', text('1'), image))))['messages']).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }] },
    ]);
  });

  test('has calls beside the words, and null where there are none', () => {
    const call: Part = { type: 'tool-call', id: 'a', name: 'f', input: '{"x":1}' };
    const wire = { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } };
    expect(said(messages(assistant(text('a'), call), assistant(call)))['messages']).toEqual([
      { role: 'assistant', content: 'a', tool_calls: [wire] },
      { role: 'assistant', content: null, tool_calls: [wire] },
    ]);
  });

  test('has a document that is text as text', () => {
    const file: Part = { type: 'file', source: { kind: 'text', text: 'words' }, context: 'About:' };
    expect(said(messages(user(file)))['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'About:' },
          { type: 'text', text: 'words' },
        ],
      },
    ]);
  });

  test.each([
    ['llama-3', 'max_tokens'],
    ['gpt-4o', 'max_tokens'],
    ['o3', 'max_completion_tokens'],
    ['o4-mini', 'max_completion_tokens'],
    ['openai/gpt-5-mini', 'max_completion_tokens'],
    ['o100', 'max_tokens'],
  ])('says its limit to %s as %s', (model, field) => {
    expect(said({ maxOutputTokens: 9 }, model)[field]).toBe(9);
  });

  test.each([
    [{ budgetTokens: 1024 }, 'o3', 'low', ['hint thinking.budget_tokens']],
    [{ budgetTokens: 4000 }, 'o3', 'medium', ['hint thinking.budget_tokens']],
    [{ budgetTokens: 16_000 }, 'o3', 'high', ['hint thinking.budget_tokens']],
    [{ budgetTokens: 0 }, 'o3', undefined, ['hint thinking.budget_tokens']],
    [{ budgetTokens: 16_000 }, 'gpt-4o', undefined, ['hint thinking.budget_tokens']],
    [{ budgetTokens: 16_000, effort: 'max' }, 'o3', 'max', []],
    [{ adaptive: true, effort: 'high' }, 'gpt-4o-mini', undefined, ['hint output_config.effort']],
    [{ adaptive: true }, 'o3', undefined, []],
  ])('wishes for reasoning as an effort: %j for %s is %s', (reasoning, model, effort, losses) => {
    expect(said({ reasoning }, model)['reasoning_effort']).toBe(effort);
    expect(lost({ reasoning }, model)).toEqual(losses);
  });

  test('says tools, and which must be called', () => {
    const wire = said({
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
      toolChoice: { type: 'tool', name: 'f' },
      parallelToolCalls: false,
    });
    expect(wire).toMatchObject({
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
    });
  });
});

describe('what chat completions cannot say is reported', () => {
  const native = { type: 'native', dialect: 'anthropic-messages', value: { type: 'search_result' } } as const;
  test.each<[string, Partial<ChatRequest>]>([
    ['parameter top_k', { topK: 5 }],
    ['parameter container', { extra: { dialect: 'anthropic-messages', fields: { container: 'c' } } }],
    [
      'hint context_management',
      { extra: { dialect: 'anthropic-messages', fields: { context_management: {}, container: null } } },
    ],
    [
      'parameter tools[0]',
      { tools: [{ type: 'native', dialect: 'anthropic-messages', name: 'web_search', value: {} }] },
    ],
    ['parameter tool_choice', { toolChoice: { type: 'native', dialect: 'anthropic-messages', value: {} } }],
    ['parameter search_result', messages(user(native))],
    ['parameter image.file_id', messages(user({ type: 'image', source: { kind: 'file-id', id: 'f' } }))],
    [
      'hint cache_control',
      messages(user({ type: 'text', text: 'a', cacheHint: {} }, { type: 'text', text: 'b', cacheHint: {} })),
    ],
    ['hint thinking', messages(assistant({ type: 'reasoning', text: 'Hm', signature: 's' }, text('a')))],
    ['hint thinking', messages(assistant({ type: 'reasoning', text: '', redacted: 'x' }, text('a')))],
    ['hint is_error', messages(user({ type: 'tool-result', callId: 'a', content: [text('x')], isError: true }))],
    ['hint citations', messages(assistant({ type: 'text', text: 'a', citations: [{ url: 'u' }] }))],
  ])('%s', (loss, more) => expect(lost(more)).toEqual([loss]));

  test('and what only decorates leaves no trace', () => {
    const wire = said(messages(assistant({ type: 'reasoning', text: 'Hm', signature: 's' }, text('a'))));
    expect(wire['messages']).toEqual([{ role: 'assistant', content: 'a' }]);
    expect(
      said({ tools: [{ type: 'native', dialect: 'anthropic-messages', name: 'w', value: {} }] }),
    ).not.toHaveProperty('tools');
  });
});

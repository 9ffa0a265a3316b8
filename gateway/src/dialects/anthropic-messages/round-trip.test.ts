import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../model/request.ts';
import { anthropicMessages } from './anthropic-messages.ts';

const BASE = { model: 'm', max_tokens: 100 };
const USER = { role: 'user', content: 'Hi' };
const CACHED = { type: 'ephemeral', ttl: '1h' };

function decode(body: Readonly<Record<string, unknown>>): ChatRequest {
  const bytes = Buffer.from(JSON.stringify(body));
  return anthropicMessages.readRequest({ dialect: 'anthropic-messages', bytes, body }).look();
}

function roundTrip(body: Readonly<Record<string, unknown>>): unknown {
  const { bytes, losses } = anthropicMessages.encodeRequest(decode(body), String(body['model']));
  expect(losses).toEqual([]);
  return JSON.parse(bytes.toString());
}

const user = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] });
const assistant = (...content: unknown[]) => ({ messages: [USER, { role: 'assistant', content }] });

describe('decoded and encoded again, a request keeps', () => {
  const cases: Readonly<Record<string, object>> = {
    'a text as a string': { messages: [USER] },
    'a text as a block': user({ type: 'text', text: 'Hi' }),
    'cache wishes': user(
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'b', cache_control: CACHED },
      { type: 'text', text: 'c', cache_control: { type: 'of-tomorrow' } },
      { type: 'text', text: 'd', cache_control: null },
    ),
    'an image as data': user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } }),
    'an image by URL': user({ type: 'image', source: { type: 'url', url: 'https://a/b.png' }, cache_control: CACHED }),
    'an image by file': user({ type: 'image', source: { type: 'file', file_id: 'file_1' } }),
    'a document as PDF': user({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
      title: 'T',
      context: 'C',
      citations: { enabled: true },
    }),
    'a document as text': user({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }),
    'a document by URL and by file': user(
      { type: 'document', source: { type: 'url', url: 'https://a/b.pdf' }, title: null },
      { type: 'document', source: { type: 'file', file_id: 'f' }, citations: { enabled: false } },
    ),
    'a document of blocks': user({
      type: 'document',
      source: { type: 'content', content: [{ type: 'text', text: 'x' }] },
    }),
    'a tool call with its caller': assistant({
      type: 'tool_use',
      id: 'toolu_1',
      name: 'f',
      input: { a: [1, { b: null }] },
      caller: { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' },
    }),
    'tool results': user(
      { type: 'tool_result', tool_use_id: 'a' },
      { type: 'tool_result', tool_use_id: 'b', content: 'text', is_error: true },
      { type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'block' }], is_error: false },
      { type: 'tool_result', tool_use_id: 'd', content: [{ type: 'tool_reference', tool_name: 'f' }] },
      { type: 'text', text: 'and?' },
    ),
    'thinking and its proof': assistant(
      { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'AAAA' },
      { type: 'text', text: 'So.', citations: [{ type: 'char_location', cited_text: 'x', document_index: 0 }] },
    ),
    'server tools and their results': assistant(
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
      { type: 'web_search_tool_result', tool_use_id: 's', content: [{ type: 'web_search_result', url: 'u' }] },
      { type: 'mcp_tool_use', id: 'p', name: 'n', input: {}, server_name: 'x' },
      { type: 'compaction', content: 'summary' },
    ),
    'a system text': { system: 'Be brief.', messages: [USER] },
    'system blocks': { system: [{ type: 'text', text: 'Be brief.' }], messages: [USER] },
    'a system message in its place': {
      system: [{ type: 'text', text: 'a', cache_control: CACHED }],
      messages: [USER, { role: 'system', content: 'Now be long.' }, USER, { role: 'system', content: [] }],
    },
    'neighbours of one role apart': { messages: [USER, USER, { role: 'assistant', content: 'a' }] },
    'unknown fields of a message': { messages: [{ ...USER, id: 'x' }] },
    tools: {
      messages: [USER],
      tools: [
        { name: 'a', input_schema: { type: 'object', properties: {} } },
        { name: 'b', description: 'd', input_schema: { type: 'object' }, strict: true, cache_control: CACHED },
        { type: 'custom', name: 'c', input_schema: { type: 'object' }, defer_loading: true },
        { type: 'web_search_20260209', name: 'web_search', max_uses: 2 },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    },
    'thinking by budget': { messages: [USER], thinking: { type: 'enabled', budget_tokens: 2048, display: 'omitted' } },
    'adaptive thinking': { messages: [USER], thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } },
    'thinking of tomorrow': { messages: [USER], thinking: { type: 'between_tools' } },
    'no thinking': { messages: [USER], thinking: { type: 'disabled' } },
    'effort alone': { messages: [USER], output_config: { effort: 'low', task_budget: { total: 9 } } },
    'an output schema': {
      messages: [USER],
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    },
    'an output schema as in the beta': {
      messages: [USER],
      output_format: { type: 'json_schema', schema: { type: 'object' } },
      output_config: { effort: 'high' },
    },
    'sampling and stops': { messages: [USER], temperature: 0, top_p: 0.5, top_k: 7, stop_sequences: [' ', 'END'] },
    'everything else': {
      messages: [USER],
      stream: true,
      service_tier: 'standard_only',
      metadata: { user_id: 'u', other: 1 },
      container: { id: 'c', skills: [] },
      mcp_servers: [{ type: 'url', url: 'https://x', name: 'x' }],
      context_management: { edits: [] },
      betas: ['a'],
      cache_control: CACHED,
      inference_geo: 'eu',
      brand_new_field: [1],
    },
    'a stream that was declined': { messages: [USER], stream: false },
  };
  test.each(Object.entries(cases))('%s', (_name, fields) => {
    const body = { ...BASE, ...fields };
    expect(roundTrip(body)).toEqual(body);
  });

  test.each([
    { type: 'auto' },
    { type: 'any', disable_parallel_tool_use: false },
    { type: 'tool', name: 'f', disable_parallel_tool_use: true },
    { type: 'none' },
    { type: 'of-tomorrow', x: 1 },
  ])('the tool choice %j', (choice) => {
    const body = { ...BASE, messages: [USER], tools: [], tool_choice: choice };
    expect(roundTrip(body)).toEqual(body);
  });
});

describe('in neutral words', () => {
  test('the parts of a message are what they are called', () => {
    const { messages } = decode({
      ...BASE,
      system: 's',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
            { type: 'tool_result', tool_use_id: 't', content: 'r' },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }] },
      ],
    });
    expect(messages).toMatchObject([
      { role: 'system', content: [{ type: 'text', text: 's' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', cacheHint: {} },
          { type: 'tool-result', callId: 't', content: [{ type: 'text', text: 'r' }] },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool-call', id: 't', name: 'f', input: '{"a":1}' }] },
    ]);
  });

  test('the parameters are those that every dialect knows', () => {
    const request = decode({
      ...BASE,
      messages: [USER],
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      thinking: { type: 'enabled', budget_tokens: 1024 },
      output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
      tools: [],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    });
    expect(request).toMatchObject({
      maxOutputTokens: 100,
      stop: ['END'],
      endUser: 'u',
      reasoning: { budgetTokens: 1024, effort: 'low' },
      output: { type: 'json-schema', schema: { type: 'object' }, strict: true },
      toolChoice: { type: 'required' },
      parallelToolCalls: false,
      usageWanted: true,
      extra: { fields: {} },
    });
  });

  test('thinking with an empty signature is reasoning without a proof, and is not sent to a provider that asks for one', () => {
    const body = {
      ...BASE,
      ...assistant({ type: 'thinking', thinking: 'hm', signature: '' }, { type: 'text', text: 'So.' }),
    };
    const request = decode(body);
    expect(request.messages[1]?.content[0]).toEqual({ type: 'reasoning', text: 'hm' });
    const { bytes, losses } = anthropicMessages.encodeRequest(request, 'm');
    expect(JSON.parse(bytes.toString())).toMatchObject({ messages: [USER, { content: 'So.' }] });
    expect(losses).toEqual([{ what: 'messages[1].content[0]', kind: 'hint' }]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../model/request.ts';
import { openaiChat } from './openai-chat.ts';

type Body = Record<string, unknown>;

function decode(body: Body): ChatRequest {
  return openaiChat.readRequest({ dialect: 'openai-chat', bytes: Buffer.from(JSON.stringify(body)), body }).look();
}

function again(body: Body): unknown {
  const { bytes, losses } = openaiChat.encodeRequest(decode(body), body['model'] as string);
  expect(losses).toEqual([]);
  return JSON.parse(bytes.toString());
}

const user = (content: unknown): Body => ({ model: 'm', messages: [{ role: 'user', content }] });
const hi = user('Hi');
const schema = { type: 'object', properties: { a: { type: 'string' } } };

describe('a request that was decoded is written again as it was', () => {
  test.each<[string, Body]>([
    ['a text', hi],
    ['no text', user('')],
    ['a list of one text', user([{ type: 'text', text: 'Hi' }])],
    ['a picture by address', user([{ type: 'image_url', image_url: { url: 'https://x/y.png', detail: 'low', x: 1 } }])],
    ['a picture as data', user([{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }])],
    ['a picture as odd data', user([{ type: 'image_url', image_url: { url: 'data:image/svg+xml;utf8,<svg/>' } }])],
    ['a bare picture', user([{ type: 'image_url', image_url: 'https://x/y.png' }])],
    ['a sound', user([{ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }])],
    ['another sound', user([{ type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } }])],
    [
      'a file as data',
      user([{ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } }]),
    ],
    ['a file in bare base64', user([{ type: 'file', file: { filename: 'a.pdf', file_data: 'JVBE' } }])],
    ['a file by address', user([{ type: 'file', file: { file_data: 'https://x/a.pdf' } }])],
    ['a file by id', user([{ type: 'file', file: { file_id: 'f-1' } }])],
    [
      'parts nobody knows',
      user([
        { type: 'video_url', video_url: { url: 'u' } },
        { type: 'document_url', document_url: 'u' },
      ]),
    ],
    [
      'cache hints',
      user([
        { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ]),
    ],
    ['an odd cache hint', user([{ type: 'text', text: 'a', cache_control: { type: 'forever', days: 2 } }])],
    [
      'a cache hint with more to it',
      user([{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'x' } }]),
    ],
    [
      'unknown fields everywhere',
      { ...user([{ type: 'text', text: 'a', x: 1 }]), y: { z: null }, metadata: { a: 'b' } },
    ],
    [
      'names and roles',
      {
        model: 'm',
        messages: [
          { role: 'system', content: 'a', name: 'n' },
          { role: 'developer', content: [{ type: 'text', text: 'b' }], z: 1 },
        ],
      },
    ],
    [
      'calls and results',
      {
        model: 'm',
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'a',
                type: 'function',
                function: { name: 'f', arguments: '{"b": 1 }' },
                extra_content: { google: { thought_signature: 's' } },
              },
            ],
          },
          { role: 'tool', tool_call_id: 'a', content: 'done' },
          {
            role: 'tool',
            tool_call_id: 'b',
            content: [
              { type: 'text', text: 'x' },
              { type: 'image_url', image_url: { url: 'u' } },
            ],
            name: 'f',
          },
          { role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'grammar', input: 'free' } }] },
          { role: 'assistant', content: 'x', tool_calls: [] },
        ],
      },
    ],
    [
      'a call with its arguments as an object',
      {
        model: 'm',
        messages: [
          { role: 'assistant', content: '', tool_calls: [{ id: 'a', function: { name: 'f', arguments: { b: [1] } } }] },
        ],
      },
    ],
    [
      'the older functions',
      {
        model: 'm',
        functions: [{ name: 'f', parameters: schema }],
        function_call: { name: 'f' },
        messages: [
          { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
          { role: 'function', name: 'f', content: 'x' },
          { role: 'function', name: 'f', content: null },
        ],
      },
    ],
    [
      'reasoning given back',
      {
        model: 'm',
        messages: [
          { role: 'assistant', content: 'a', reasoning_content: 'Hm.' },
          {
            role: 'assistant',
            content: 'b',
            reasoning: 'Hm.',
            reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }],
          },
        ],
      },
    ],
    [
      'Mistral’s thinking',
      {
        model: 'm',
        messages: [
          {
            role: 'assistant',
            prefix: true,
            content: [
              {
                type: 'thinking',
                thinking: [
                  { type: 'text', text: 'a' },
                  { type: 'text', text: 'b' },
                ],
              },
              { type: 'text', text: 'c' },
            ],
          },
        ],
      },
    ],
    [
      'refusals and spoken answers',
      {
        model: 'm',
        messages: [
          { role: 'assistant', content: null, refusal: 'No.' },
          { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
          { role: 'assistant', content: null, audio: { id: 'a' } },
        ],
      },
    ],
    [
      'tools of every kind',
      {
        ...hi,
        tools: [
          {
            type: 'function',
            function: { name: 'f', description: 'd', parameters: schema, strict: true, x: 1 },
            cache_control: { type: 'ephemeral' },
            y: 2,
          },
          { function: { name: 'g' } },
          { type: 'custom', custom: { name: 'c', format: { type: 'text' } } },
          { type: 'openrouter:web_search', parameters: {} },
        ],
        tool_choice: { type: 'function', function: { name: 'f' } },
        parallel_tool_calls: false,
      },
    ],
    ['no tools', { ...hi, tools: [], tool_choice: 'any' }],
    ['an odd tool choice', { ...hi, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto' } } }],
    [
      'sampling',
      {
        ...hi,
        temperature: 0,
        top_p: 1,
        top_k: 5,
        presence_penalty: -2,
        frequency_penalty: 2,
        seed: 7,
        n: 3,
        stop: 'x',
        logit_bias: { '5': -100 },
        user: 'u',
        service_tier: 'flex',
      },
    ],
    ['several stops', { ...hi, stop: ['a', 'b'] }],
    ['one stop in a list', { ...hi, stop: ['a'] }],
    ['the older limit', { ...hi, model: 'o3-mini', max_tokens: 5 }],
    ['the newer limit', { ...hi, model: 'llama', max_completion_tokens: 5 }],
    ['both limits', { ...hi, max_tokens: 6, max_completion_tokens: 5 }],
    ['log probabilities', { ...hi, logprobs: true, top_logprobs: 0 }],
    ['more log probabilities', { ...hi, logprobs: true, top_logprobs: 3 }],
    ['no log probabilities', { ...hi, logprobs: false }],
    ['plain formats', { ...hi, response_format: { type: 'json_object' } }],
    [
      'a schema',
      {
        ...hi,
        response_format: { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema, strict: true } },
      },
    ],
    [
      'a schema with more to it',
      { ...hi, response_format: { type: 'json_schema', json_schema: { name: 'n', schema, x: 1 } } },
    ],
    ['efforts', { ...hi, reasoning_effort: 'minimal', verbosity: 'low' }],
    ['OpenRouter’s reasoning', { ...hi, reasoning: { max_tokens: 2000 } }],
    ['reasoning with more to it', { ...hi, reasoning: { effort: 'high', exclude: true } }],
    ['thinking', { ...hi, thinking: { type: 'enabled', budget_tokens: 2000 }, reasoning_effort: 'low' }],
    ['no thinking', { ...hi, thinking: { type: 'disabled' } }],
    [
      'prediction, audio and the like',
      {
        ...hi,
        prediction: { type: 'content', content: 'x' },
        modalities: ['text'],
        audio: { voice: 'v', format: 'wav' },
        store: false,
      },
    ],
    ['a stream', { ...hi, stream: true, stream_options: { include_usage: true, include_obfuscation: false } }],
    ['no stream', { ...hi, stream: false }],
  ])('with %s', (_, body) => expect(again(body)).toEqual(body));

  test('save that null is nothing, and that a stream is asked for its usage', () => {
    expect(again({ ...hi, stop: null, tools: null, user: null, stream: true })).toEqual({
      ...hi,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('whatever the texts are', () => {
    const part = fc.record({ type: fc.constant('text'), text: fc.string({ unit: 'binary' }) });
    const content = fc.oneof(fc.string({ unit: 'binary' }), fc.array(part));
    const message = fc.record({ role: fc.constantFrom('user', 'system', 'assistant', 'developer'), content });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), (messages) => {
        expect(again({ model: 'm', messages })).toEqual({ model: 'm', messages });
      }),
    );
  });
});

describe('what was decoded is neutral', () => {
  test('so that any other dialect can say it', () => {
    const request = decode({
      model: 'm',
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }] },
        {
          role: 'assistant',
          content: 'a',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'r' },
      ],
      max_completion_tokens: 9,
      stop: 'x',
      tool_choice: 'any',
      thinking: { type: 'enabled', budget_tokens: 2048 },
      response_format: { type: 'json_object' },
    });
    expect(request).toMatchObject({
      messages: [
        { role: 'user', content: [{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'iVBO' } }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'a' },
            { type: 'tool-call', id: 'c', name: 'f', input: '{}' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', callId: 'c', content: [{ type: 'text', text: 'r' }] }] },
      ],
      maxOutputTokens: 9,
      stop: ['x'],
      toolChoice: { type: 'required' },
      reasoning: { budgetTokens: 2048 },
      output: { type: 'json' },
    });
    expect(request.extra?.fields).toEqual({});
  });

  test('and a change to it is what is written, in the caller’s own spelling', () => {
    const request = decode({ ...hi, max_completion_tokens: 9, stop: 'x', brand_new_field: 1 });
    const changed: ChatRequest = {
      ...request,
      messages: request.messages.map((message) => ({ ...message, content: [{ type: 'text', text: 'changed' }] })),
      maxOutputTokens: 5,
      stop: ['y'],
    };
    const { bytes } = openaiChat.encodeRequest(changed, 'other');
    expect(JSON.parse(bytes.toString())).toEqual({
      model: 'other',
      messages: [{ role: 'user', content: 'changed' }],
      max_completion_tokens: 5,
      stop: 'y',
      brand_new_field: 1,
    });
  });

  test('and a changed wish for reasoning is not overruled by the old spelling', () => {
    const request = decode({ ...hi, thinking: { type: 'enabled', budget_tokens: 2048 } });
    const { bytes } = openaiChat.encodeRequest({ ...request, reasoning: { effort: 'low' } }, 'm');
    expect(JSON.parse(bytes.toString())).toEqual({ ...hi, reasoning_effort: 'low' });
  });
});

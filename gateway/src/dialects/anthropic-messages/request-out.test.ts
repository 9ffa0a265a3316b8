import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message, Part } from '../../model/request.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { DEFAULT_MAX_TOKENS } from './thinking.ts';

const HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const TOOL_CALL: Part = { type: 'tool-call', id: 'a', name: 'f', input: '{}' };
const TOOL_RESULT: Part = { type: 'tool-result', callId: 'a', content: [] };
const text = (said: string): Part => ({ type: 'text', text: said });

function asked(fields: Partial<ChatRequest>, model = 'claude-sonnet-4-5') {
  const request: ChatRequest = { model: 'm', messages: [HI], stream: false, usageWanted: false, ...fields };
  const { bytes, losses } = anthropicMessages.encodeRequest(request, model);
  return { body: JSON.parse(bytes.toString()) as Record<string, unknown>, losses };
}

const lost = (fields: Partial<ChatRequest>) => asked(fields).losses.map(({ what, kind }) => `${kind} ${what}`);
const messages = (...list: Message[]) => asked({ messages: list }).body;

describe('a conversation from another dialect', () => {
  test('has its system and developer messages on top, in order', () => {
    const body = messages(
      { role: 'system', content: [text('a')] },
      HI,
      { role: 'developer', content: [text('b')] },
      { role: 'system', content: [text('')] },
    );
    expect(body).toMatchObject({
      system: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });

  test('has the results of parallel calls together in one user message, before what the user says', () => {
    const call = (id: string, input: string): Part => ({ type: 'tool-call', id, name: 'f', input });
    const result = (callId: string): Message => ({
      role: 'tool',
      content: [{ type: 'tool-result', callId, content: [text('ok')] }],
    });
    const body = messages(
      HI,
      { role: 'assistant', content: [text(''), call('a:0', '{"x":1}'), call('b', '')] },
      result('a:0'),
      result('b'),
      HI,
    );
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a_0', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a_0', content: 'ok' },
          { type: 'tool_result', tool_use_id: 'b', content: 'ok' },
          { type: 'text', text: 'Hi' },
        ],
      },
    ]);
  });

  test('has no empty assistant message', () => {
    expect(messages(HI, { role: 'assistant', content: [text('')] }, HI)['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: 'Hi' },
        ],
      },
    ]);
  });

  test.each([
    ['{"a":', { input: '{"a":' }],
    ['[1]', { input: [1] }],
    ['7', { input: 7 }],
    ['  ', {}],
  ])('has %j as the input of a tool said as an object', (input, object) => {
    const body = messages({ role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'f', input }] });
    expect(body).toMatchObject({ messages: [{ content: [{ input: object }] }] });
  });

  test('has files said as documents or images', () => {
    const file = (mediaType: string, data: string): Part => ({
      type: 'file',
      source: { kind: 'data', mediaType, data },
    });
    const body = messages({
      role: 'user',
      content: [
        file('application/pdf', 'AA=='),
        file('text/csv', Buffer.from('ä,b').toString('base64')),
        file('image/png', 'AA=='),
      ],
    });
    expect(body).toMatchObject({
      messages: [
        {
          content: [
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'ä,b' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png' } },
          ],
        },
      ],
    });
  });
});

describe('what the wire can’t say is named:', () => {
  const cases: readonly (readonly [Partial<ChatRequest>, readonly string[]])[] = [
    [{ choiceCount: 2 }, ['parameter n']],
    [{ choiceCount: 1, presencePenalty: 0, frequencyPenalty: 0, logitBias: {} }, []],
    [{ logprobs: 0, seed: 7 }, ['parameter logprobs', 'parameter seed']],
    [
      { presencePenalty: 1, frequencyPenalty: -1, logitBias: { '1': 2 } },
      ['parameter logit_bias', 'parameter presence_penalty', 'parameter frequency_penalty'],
    ],
    [{ temperature: 1.2 }, ['parameter temperature']],
    [{ output: { type: 'json' } }, ['parameter response_format']],
    [{ output: { type: 'text' } }, []],
    [{ stop: ['\n', 'END'] }, ['parameter stop']],
    [{ serviceTier: 'flex' }, ['hint service_tier']],
    [
      {
        extra: {
          dialect: 'openai-chat',
          fields: { store: true, prompt_cache_key: 'k', prediction: {}, modalities: ['text'], audio: null },
        },
      },
      ['hint store', 'hint prompt_cache_key', 'parameter prediction'],
    ],
    [
      { extra: { dialect: 'openai-chat', fields: { store: false, modalities: ['text', 'audio'] } } },
      ['parameter modalities'],
    ],
    [{ toolChoice: { type: 'native', dialect: 'openai-chat', value: {} } }, ['parameter tool_choice']],
    [{ tools: [{ type: 'native', dialect: 'openai-chat', name: 'x', value: {} }] }, ['parameter tools[0]']],
  ];
  test.each(cases)('%j', (fields, losses) => expect(lost(fields)).toEqual(losses));

  test.each<readonly [Part, readonly string[]]>([
    [
      { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: '' } },
      ['parameter messages[1].content[0]'],
    ],
    [{ type: 'native', dialect: 'openai-chat', value: {} }, ['parameter messages[1].content[0]']],
    [
      { type: 'file', source: { kind: 'data', mediaType: 'application/zip', data: '' } },
      ['parameter messages[1].content[0]'],
    ],
    [{ type: 'reasoning', text: 'hm' }, ['hint messages[1].content[0]']],
    [
      { type: 'image', source: { kind: 'url', url: 'u' }, detail: 'high' },
      ['hint messages[1].content[0].image_url.detail'],
    ],
  ])('%j', (part, losses) => {
    expect(lost({ messages: [HI, { role: 'user', content: [part] }] })).toEqual(losses);
  });

  test('a temperature above 1 is said as 1', () => {
    expect(asked({ temperature: 1.2 }).body['temperature']).toBe(1);
    expect(asked({ temperature: 0 }).body['temperature']).toBe(0);
  });
});

describe('parameters of other dialects become this wire’s:', () => {
  const cases: readonly (readonly [Partial<ChatRequest>, object])[] = [
    [{}, { max_tokens: DEFAULT_MAX_TOKENS }],
    [{ endUser: 'u' }, { metadata: { user_id: 'u' } }],
    [{ serviceTier: 'default' }, { service_tier: 'standard_only' }],
    [{ stream: true }, { stream: true }],
    [
      { toolChoice: { type: 'required' }, parallelToolCalls: true },
      { tool_choice: { type: 'any', disable_parallel_tool_use: false } },
    ],
    [
      { tools: [{ type: 'function', name: 'f' }], parallelToolCalls: false },
      {
        tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      },
    ],
    [
      { output: { type: 'json-schema', name: 'n', schema: { type: 'object' } } },
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    ],
  ];
  test.each(cases)('%j', (fields, body) => expect(asked(fields).body).toMatchObject(body));
});

describe('an effort of another dialect becomes', () => {
  const effort = (word: string, model: string, maxOutputTokens?: number) =>
    asked({ reasoning: { effort: word }, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) }, model);

  test.each([
    'claude-3-7-sonnet-latest',
    'claude-opus-4-20250514',
    'claude-haiku-4-5',
    'us.anthropic.claude-opus-4-1',
    'other',
  ])('a budget for %s', (model) => {
    const { body } = effort('high', model);
    expect(body).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 4096 },
      max_tokens: 4096 + DEFAULT_MAX_TOKENS,
    });
    expect(body).not.toHaveProperty('output_config');
  });

  test.each(['claude-opus-4-6', 'claude-sonnet-5', 'claude-opus-4-8-20260528', 'claude-mythos-preview'])(
    'adaptive thinking for %s',
    (model) => {
      expect(effort('minimal', model).body).toMatchObject({
        thinking: { type: 'adaptive' },
        output_config: { effort: 'low' },
        max_tokens: DEFAULT_MAX_TOKENS,
      });
      expect(effort('none', model).body).toMatchObject({ thinking: { type: 'disabled' } });
    },
  );

  test('a budget below the caller’s own limit, or a lost hint where there is no room', () => {
    expect(effort('high', 'claude-haiku-4-5', 2000).body).toMatchObject({
      thinking: { budget_tokens: 1999 },
      max_tokens: 2000,
    });
    const { body, losses } = effort('low', 'claude-haiku-4-5', 500);
    expect(body).not.toHaveProperty('thinking');
    expect(losses).toEqual([{ what: 'reasoning_effort', kind: 'hint' }]);
  });

  test.each<Partial<ChatRequest>>([
    { temperature: 0.5 },
    { topK: 5 },
    { toolChoice: { type: 'required' } },
    { messages: [HI, { role: 'assistant', content: [TOOL_CALL] }, { role: 'tool', content: [TOOL_RESULT] }] },
  ])('a lost hint where the provider would refuse to think: %j', (fields) => {
    const { body, losses } = asked({ reasoning: { effort: 'high' }, ...fields }, 'claude-haiku-4-5');
    expect(body).not.toHaveProperty('thinking');
    expect(losses).toEqual([{ what: 'reasoning_effort', kind: 'hint' }]);
  });

  test('a budget in a turn that goes on after a call, if the call comes with its thinking', () => {
    const proven: Part = { type: 'reasoning', text: 'hm', signature: 's' };
    const list: Message[] = [
      HI,
      { role: 'assistant', content: [proven, TOOL_CALL] },
      { role: 'tool', content: [TOOL_RESULT] },
    ];
    expect(asked({ reasoning: { effort: 'low' }, messages: list }).body).toHaveProperty('thinking');
  });

  test('nothing where none was wanted of a model that thinks only when asked', () => {
    expect(effort('none', 'claude-haiku-4-5').body).not.toHaveProperty('thinking');
  });
});

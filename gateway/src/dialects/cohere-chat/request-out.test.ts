import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message, Part, Tool } from '../../model/request.ts';
import { encodeRequest } from './request-out.ts';

const HELLO: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const PLAIN: ChatRequest = { model: 'm', messages: [HELLO], stream: false, usageWanted: false };
const tool = (name: string, strict?: boolean): Tool => ({
  type: 'function',
  name,
  ...(strict === undefined ? {} : { strict }),
});

function said(request: Partial<ChatRequest>, model = 'm') {
  const { bytes, losses } = encodeRequest({ ...PLAIN, ...request }, model);
  const body = JSON.parse(String(bytes)) as Record<string, unknown>;
  return { body, lost: losses.map(({ what, kind }) => `${kind} ${what}`) };
}
const messagesOf = (...messages: readonly Message[]) => said({ messages }).body['messages'];
const user = (...content: readonly Part[]): Message => ({ role: 'user', content });

describe('what another wire says', () => {
  test('instructions stand in front, in one message', () => {
    const system: Message = { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] };
    const later: Message = { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] };
    expect(messagesOf(system, HELLO, later)).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'Be kind.' },
          { type: 'text', text: 'Be brief.' },
        ],
      },
      { role: 'user', content: 'Hi' },
    ]);
    expect(messagesOf(system)).toEqual([{ role: 'user', content: 'Be kind.' }]);
  });

  test('results that stand among a user’s words are messages of their own, and their pictures the user’s', () => {
    const picture: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' } };
    const answers = user(
      { type: 'tool-result', callId: '1', content: [{ type: 'text', text: 'Seen' }, picture] },
      { type: 'text', text: 'Go on' },
    );
    expect(messagesOf(answers)).toEqual([
      { role: 'tool', tool_call_id: '1', content: 'Seen' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          { type: 'text', text: 'Go on' },
        ],
      },
    ]);
  });

  test('files of text stand beside the conversation', () => {
    const file: Part = { type: 'file', name: 'T', source: { kind: 'text', text: 'Words' } };
    const data = Buffer.from('More').toString('base64');
    const { body, lost } = said({
      messages: [user(file, { type: 'file', source: { kind: 'data', mediaType: 'text/csv', data } }, ...HELLO.content)],
    });
    expect(body).toMatchObject({
      documents: [{ data: { text: 'Words', title: 'T' } }, { data: { text: 'More' } }],
      messages: [{ role: 'user', content: 'Hi' }],
    });
    expect(lost).toEqual([]);
  });

  test('the input of a call is the JSON of an object, whatever the model wrote', () => {
    const call = (input: string, freeform = false): Part => ({
      type: 'tool-call',
      id: input,
      name: 'f',
      input,
      ...(freeform ? { freeform } : {}),
    });
    const inputs = ['', '{"a":1}', 'not JSON', '[1]'].map((input) => call(input));
    const { body } = said({ messages: [HELLO, { role: 'assistant', content: [...inputs, call('{}', true)] }] });
    const [, { tool_calls: calls = [] } = {}] = body['messages'] as { tool_calls?: { function: object }[] }[];
    expect(calls.map(({ function: called }) => called)).toMatchObject([
      { arguments: '{}' },
      { arguments: '{"a":1}' },
      { arguments: '{"input":"not JSON"}' },
      { arguments: '{"input":"[1]"}' },
      { arguments: '{"input":"{}"}' },
    ]);
  });

  test('thoughts go along without their proof; encrypted ones and empty texts are left out', () => {
    const { body, lost } = said({
      messages: [
        HELLO,
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm', signature: 'c2ln' },
            { type: 'reasoning', text: '', redacted: 'ZW5j' },
            { type: 'text', text: '' },
            { type: 'refusal', text: 'No' },
          ],
        },
        HELLO,
      ],
    });
    expect((body['messages'] as unknown[])[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm' },
        { type: 'text', text: 'No' },
      ],
    });
    expect(lost).toEqual(['hint messages[1].content[1]']);
  });
});

describe('tools', () => {
  test('the one that must be used is offered alone', () => {
    const { body, lost } = said({ tools: [tool('a'), tool('b')], toolChoice: { type: 'tool', name: 'b' } });
    expect(body).toMatchObject({ tools: [{ function: { name: 'b' } }], tool_choice: 'REQUIRED' });
    expect(lost).toEqual([]);
    expect(said({ tools: [tool('a')], toolChoice: { type: 'tool', name: 'b' } }).lost).toEqual([
      'parameter tool_choice',
    ]);
  });

  test('are strict together or not at all', () => {
    expect(said({ tools: [tool('a', true), tool('b', true)] }).body).toMatchObject({ strict_tools: true });
    const some = said({ tools: [tool('a', true), tool('b', false)] });
    expect(some.body).not.toHaveProperty('strict_tools');
    expect(some.lost).toEqual(['hint tools.function.strict']);
  });

  test('without arguments have a schema nevertheless', () => {
    expect(said({ tools: [tool('a')] }).body['tools']).toEqual([
      { type: 'function', function: { name: 'a', parameters: { type: 'object', properties: {} } } },
    ]);
  });
});

describe('settings', () => {
  test.each([
    [{ topP: 1 }, { p: 0.99 }, ['hint top_p']],
    [{ topK: 900 }, { k: 500 }, ['hint top_k']],
    [{ presencePenalty: 0, frequencyPenalty: 0.5 }, { frequency_penalty: 0.5 }, []],
    [{ presencePenalty: 1.5 }, { presence_penalty: 1 }, ['parameter presence_penalty']],
    [{ frequencyPenalty: -1 }, {}, ['parameter frequency_penalty']],
    [{ stop: ['1', '2', '', '3', '4', '5'] }, { stop_sequences: ['1', '2', '3', '4', '5'] }, ['parameter stop']],
    [{ logprobs: 0 }, { logprobs: true }, []],
    [{ logprobs: 3 }, { logprobs: true }, ['parameter top_logprobs']],
    [{ choiceCount: 2 }, {}, ['parameter n']],
  ])('%j is said as %j', (asked, expected, losses) => {
    const { body, lost } = said(asked);
    expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...expected, stream: false });
    expect(lost).toEqual(losses);
  });

  test.each([
    [{ effort: 'high' }, 'command-a-reasoning-08-2025', { type: 'enabled', token_budget: 16_384 }, []],
    [{ effort: 'none' }, 'command-a-plus-05-2026', { type: 'disabled' }, []],
    [{ adaptive: true }, 'command-a-plus-05-2026', { type: 'enabled' }, []],
    [{ budgetTokens: 77 }, 'a-model-of-ours', { type: 'enabled', token_budget: 77 }, []],
    [{ effort: 'high' }, 'command-a-03-2025', undefined, ['hint reasoning_effort']],
    [{ budgetTokens: 77 }, 'command-r7b-12-2024', undefined, ['hint thinking']],
    [{ budgetTokens: 0 }, 'command-r7b-12-2024', undefined, []],
  ])('the wish %j for %s is said as %j', (reasoning, model, expected, losses) => {
    const { body, lost } = said({ reasoning }, model);
    expect(body['thinking']).toEqual(expected);
    expect(lost).toEqual(losses);
  });
});

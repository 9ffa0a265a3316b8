import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message, Part, Tool } from '../../model/request.ts';
import { encodeRequest } from './request-out.ts';

const HELLO: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const PLAIN: ChatRequest = { model: 'm', messages: [HELLO], stream: false, usageWanted: false };
const F: Tool = { type: 'function', name: 'f' };
const PICTURE: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' } };

function said(request: Partial<ChatRequest>) {
  const { bytes, losses } = encodeRequest({ ...PLAIN, ...request }, 'm');
  const body = JSON.parse(String(bytes)) as Record<string, unknown>;
  return { body, lost: losses.map(({ what, kind }) => `${kind} ${what}`) };
}
const messagesOf = (...messages: readonly Message[]) => said({ messages }).body['messages'];
const user = (...content: readonly Part[]): Message => ({ role: 'user', content });
const text = (words: string): Part => ({ type: 'text', text: words });

describe('what another wire says', () => {
  test('instructions stay where they stand, whoever’s they are', () => {
    expect(
      messagesOf({ role: 'system', content: [text('Be kind.')] }, HELLO, {
        role: 'developer',
        content: [text('Be brief.')],
      }),
    ).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Be brief.' },
    ]);
  });

  test('texts of one message are paragraphs of one, and what a model said goes on without a break', () => {
    const parts = [text('One'), PICTURE, text(''), text('two')];
    expect(messagesOf(user(...parts), { role: 'assistant', content: [text('Th'), text('ree')] })).toEqual([
      { role: 'user', content: 'One\n\ntwo', images: ['AA=='] },
      { role: 'assistant', content: 'Three' },
    ]);
  });

  test('results that stand among a user’s words are messages of their own, which name their tools', () => {
    const call: Part = { type: 'tool-call', id: '1', name: 'f', input: '{"a":1}' };
    const answers = user(
      { type: 'tool-result', callId: '1', content: [text('Seen'), PICTURE] },
      { type: 'tool-result', callId: '?', content: [text('Lost')] },
      text('Go on'),
    );
    expect(messagesOf({ role: 'assistant', content: [call] }, answers)).toEqual([
      { role: 'assistant', content: '', tool_calls: [{ id: '1', function: { name: 'f', arguments: { a: 1 } } }] },
      { role: 'tool', content: 'Seen', images: ['AA=='], tool_name: 'f', tool_call_id: '1' },
      { role: 'tool', content: 'Lost', tool_call_id: '?' },
      { role: 'user', content: 'Go on' },
    ]);
  });

  test.each([
    ['', undefined, {}],
    ['{"a":', undefined, { input: '{"a":' }],
    ['[1]', undefined, { input: '[1]' }],
    ['{"a":1}', true, { input: '{"a":1}' }],
  ])('arguments are an object, whatever a model wrote: %j', (input, freeform, wanted) => {
    const call: Part = { type: 'tool-call', id: '1', name: 'f', input, ...(freeform ? { freeform } : {}) };
    expect(messagesOf({ role: 'assistant', content: [call] })).toMatchObject([
      { tool_calls: [{ function: { arguments: wanted } }] },
    ]);
  });

  test('documents of text are words, and other documents have no place', () => {
    const data = Buffer.from('More').toString('base64');
    const { body, lost } = said({
      messages: [
        user(
          { type: 'file', name: 'T', citable: true, context: 'Of old.', source: { kind: 'text', text: 'Words' } },
          { type: 'file', source: { kind: 'data', mediaType: 'text/csv', data } },
          { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data } },
        ),
      ],
    });
    expect(body['messages']).toEqual([{ role: 'user', content: 'Of old.\n\nWords\n\nMore' }]);
    expect(lost).toEqual([
      'hint messages[0].content[0].citations',
      'hint messages[0].content[0].title',
      'parameter messages[0].content[2]',
    ]);
  });

  test.each<[string, Part, string]>([
    ['a picture by address', { type: 'image', source: { kind: 'url', url: 'https://a.example/b.png' } }, 'parameter'],
    ['a sound', { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'AA==' } }, 'parameter'],
    ['what only another dialect knows', { type: 'native', dialect: 'openai-chat', value: {} }, 'parameter'],
    ['how closely to look', { ...PICTURE, detail: 'high' } as Part, 'hint'],
    ['a wish to keep the prompt', { type: 'text', text: 'Hi', cacheHint: {} }, 'hint'],
    ['that a tool failed', { type: 'tool-result', callId: '1', content: [], isError: true }, 'hint'],
  ])('%s is lost, and said to be', (_, part, kind) => {
    expect(said({ messages: [user(part)] }).lost).toEqual([expect.stringMatching(`^${kind} messages\\[0\\]`)]);
  });

  test('thoughts are kept as words; those that only another provider can read are lost', () => {
    const thoughts: Message = {
      role: 'assistant',
      content: [{ type: 'reasoning', text: 'Hm' }, { type: 'reasoning', text: '', redacted: 'x' }, text('Yo')],
    };
    const { body, lost } = said({ messages: [HELLO, thoughts] });
    expect(body['messages']).toMatchObject([{}, { role: 'assistant', content: 'Yo', thinking: 'Hm' }]);
    expect(lost).toEqual(['hint messages[1].content[1]']);
  });

  test.each<[Partial<ChatRequest>, unknown, readonly string[]]>([
    [{ reasoning: { effort: 'none' } }, false, []],
    [{ reasoning: { budgetTokens: 0 } }, false, []],
    [{ reasoning: { adaptive: true } }, true, []],
    [{ reasoning: { budgetTokens: 2000 } }, true, ['hint thinking.budget_tokens']],
    [{ reasoning: { effort: 'medium' } }, 'medium', []],
    [{ reasoning: { effort: 'minimal' } }, 'low', ['hint reasoning_effort']],
    [{ reasoning: { effort: 'xhigh' } }, 'high', ['hint reasoning_effort']],
    [{}, undefined, []],
  ])('the wish %j for thoughts is %j', (request, think, lost) => {
    const written = said(request);
    expect([written.body['think'], written.lost]).toEqual([think, lost]);
  });

  test.each<[ChatRequest['toolChoice'], number, readonly string[]]>([
    [{ type: 'auto' }, 1, []],
    [{ type: 'none' }, 0, []],
    [{ type: 'required' }, 1, ['parameter tool_choice']],
    [{ type: 'tool', name: 'f' }, 1, ['parameter tool_choice']],
  ])('of the choice %j', (toolChoice, count, lost) => {
    const written = said({ tools: [F], ...(toolChoice ? { toolChoice } : {}) });
    const { tools = [] } = written.body;
    expect([(tools as readonly unknown[]).length, written.lost]).toEqual([count, lost]);
  });

  test('a tool has a schema, even if it takes nothing, and is never strict', () => {
    const { body, lost } = said({ tools: [{ ...F, strict: true } as Tool] });
    const parameters = { type: 'object', properties: {} };
    expect(body['tools']).toEqual([{ type: 'function', function: { name: 'f', parameters } }]);
    expect(lost).toEqual(['hint tools.function.strict']);
  });

  test('what the wire has no word for is named', () => {
    const { lost } = said({
      choiceCount: 2,
      logitBias: { 1: 2 },
      serviceTier: 'flex',
      endUser: 'u',
      parallelToolCalls: false,
      tools: [F, { ...F, name: 'g' } as Tool],
      extra: { dialect: 'openai-chat', fields: { verbosity: 'low', store: false, metadata: {} } },
    });
    expect(lost.toSorted()).toEqual([
      'hint metadata',
      'hint service_tier',
      'hint user',
      'parameter logit_bias',
      'parameter n',
      'parameter parallel_tool_calls',
      'parameter verbosity',
    ]);
  });
});

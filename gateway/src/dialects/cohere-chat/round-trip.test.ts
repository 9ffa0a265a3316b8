import { describe, expect, test } from 'vitest';
import { decoded, encoded, glanced } from '../../../test/decoded.ts';
import { originOf } from '../../../test/requests.ts';
import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { cohereChat as cohere } from './cohere-chat.ts';

const HELLO = { role: 'user', content: 'Hi' };
const read = (body: object) =>
  cohere.readRequest(originOf('cohere-chat', JSON.stringify({ model: 'm', messages: [HELLO], ...body }))).look();
const saidAgain = (body: object) => {
  const { bytes, losses } = cohere.encodeRequest(read(body), 'm');
  expect(losses).toEqual([]);
  return JSON.parse(String(bytes)) as Record<string, unknown>;
};
const call = (id: string, input = '{"a":1}') => ({ id, type: 'function', function: { name: 'f', arguments: input } });
const cited = (type: string, at: number) => ({
  start: 0,
  end: 2,
  text: 'Yo',
  sources: [{ type: 'document', id: 'd', document: { id: 'd', title: 'T', url: 'https://a.example/', text: 'W' } }],
  type,
  content_index: at,
});

describe('a conversation is read and said again as it was', () => {
  test.each([
    ['texts', [{ role: 'system', content: 'Be kind.' }, HELLO, { role: 'assistant', content: 'Yo' }, HELLO]],
    ['a text that stands in a list', [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]],
    [
      'pictures',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
          ],
        },
      ],
    ],
    [
      'thoughts, and an empty text',
      [
        HELLO,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm' },
            { type: 'text', text: '' },
          ],
        },
      ],
    ],
    [
      'a plan, parallel calls and their results',
      [
        HELLO,
        { role: 'assistant', tool_plan: 'I will look.', tool_calls: [call('1'), call('2', '')] },
        { role: 'tool', tool_call_id: '1', content: 'Seen' },
        { role: 'tool', tool_call_id: '2', content: [{ type: 'text', text: 'Heard' }] },
      ],
    ],
    [
      'a result of documents',
      [
        HELLO,
        { role: 'assistant', content: null, tool_calls: [call('1')] },
        {
          role: 'tool',
          tool_call_id: '1',
          content: [
            { type: 'document', document: { id: 'd', data: { title: 'T', snippet: 'S' } } },
            { type: 'document', document: { data: '{"a":1}' } },
          ],
        },
      ],
    ],
    [
      'citations, of the plan too',
      [
        HELLO,
        {
          role: 'assistant',
          content: [{ type: 'text', text: 'Yo' }],
          citations: [cited('PLAN', 0), cited('TEXT_CONTENT', 0)],
        },
      ],
    ],
    ['kinds that nobody knows', [{ role: 'user', content: [{ type: 'smell', of: 'roses' }], x_mood: 'fine' }]],
  ])('%s', (_, messages) => {
    expect(saidAgain({ messages })).toEqual({ model: 'm', messages });
  });
});

test('every setting is read and said again as it was', () => {
  const body = {
    model: 'm',
    messages: [HELLO],
    stream: false,
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, x_b: 1 } }],
    strict_tools: true,
    tool_choice: 'REQUIRED',
    documents: ['A text', { id: 'd', data: { text: 'W', title: 'T' } }, { data: 'raw' }, { data: { snippet: 'S' } }],
    citation_options: { mode: 'ACCURATE' },
    response_format: { type: 'json_object', json_schema: { type: 'object' } },
    safety_mode: 'STRICT',
    max_tokens: 9,
    stop_sequences: ['.'],
    temperature: 0.5,
    seed: 7,
    frequency_penalty: 0.1,
    presence_penalty: null,
    k: 5,
    p: 0.9,
    logprobs: true,
    thinking: { type: 'enabled', token_budget: 100 },
    priority: 3,
  };
  expect(saidAgain(body)).toEqual(body);
  expect(read(body)).toMatchObject({
    toolChoice: { type: 'required' },
    tools: [{ name: 'f', strict: true }],
    maxOutputTokens: 9,
    topK: 5,
    topP: 0.9,
    logprobs: 0,
    stop: ['.'],
    reasoning: { budgetTokens: 100 },
    output: { type: 'json-schema', schema: { type: 'object' } },
    messages: [{ content: [{ type: 'file', source: { text: 'A text' } }, { name: 'T' }, {}, {}, { text: 'Hi' }] }],
  });
});

test.each([
  [{ type: 'disabled' }, { budgetTokens: 0 }],
  [{ type: 'enabled' }, { adaptive: true }],
  [{ type: 'enabled', token_budget: 0 }, undefined],
  [{ type: 'later' }, undefined],
])('the wish %j is kept', (thinking, wish) => {
  expect(read({ thinking }).reasoning).toEqual(wish);
  expect(saidAgain({ thinking })).toMatchObject({ thinking });
});

test.each([
  ['NONE', { type: 'none' }],
  ['REQUIRED', { type: 'required' }],
  ['AUTO', { type: 'native', dialect: 'cohere-chat', value: 'AUTO' }],
])('the choice %s is kept', (choice, meant) => {
  expect(read({ tool_choice: choice }).toolChoice).toEqual(meant);
  expect(saidAgain({ tool_choice: choice })).toMatchObject({ tool_choice: choice });
});

test('documents stay beside a conversation that has no question', () => {
  const messages = [{ role: 'system', content: 'Sum up.' }];
  expect(saidAgain({ messages, documents: ['A text'] })).toEqual({ model: 'm', messages, documents: ['A text'] });
});

test.each([
  ['messages', { messages: undefined }],
  ['messages[0]', { messages: ['Hi'] }],
  ['messages[0].role', { messages: [{ role: 'chatbot', content: 'Hi' }] }],
  ['messages[0].content', { messages: [{ role: 'user' }] }],
  ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }],
  ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
  ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'Hi' }] }],
  ['messages[0].tool_calls[0].function', { messages: [{ role: 'assistant', tool_calls: [{}] }] }],
  ['p', { p: 'much' }],
  ['logprobs', { logprobs: 2 }],
  ['thinking', { thinking: 'hard' }],
  ['stop_sequences', { stop_sequences: '.' }],
  ['tools', { tools: {} }],
  ['tool_choice', { tool_choice: { type: 'auto' } }],
])('a request whose %s is wrong is refused, and the field is named', (param, body) => {
  expect(() => read(body)).toThrow(expect.objectContaining({ code: 'request.invalid', details: { param } }) as Error);
});

const REPLY = {
  id: 'r-1',
  message: {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'Hm' },
      { type: 'text', text: 'Yo' },
      { type: 'smell', of: 'roses' },
    ],
    tool_plan: 'I will look.',
    tool_calls: [call('1')],
    citations: [cited('PLAN', 0), cited('TEXT_CONTENT', 1)],
  },
  finish_reason: 'TOOL_CALL',
  usage: { billed_units: { input_tokens: 3, output_tokens: 4 }, tokens: { input_tokens: 30, output_tokens: 40 } },
  logprobs: [{ text: 'Yo', token_ids: [], logprobs: [-0.5] }],
  x_meta: { a: 1 },
};
const body = Buffer.from(JSON.stringify(REPLY));

test('a whole reply is read and said again as it was', () => {
  expect(JSON.parse(String(encoded(cohere, 'json', decoded(cohere, 'json', [body]))))).toEqual(REPLY);
});

test('a whole reply is streamed, and the stream is the same reply', () => {
  const streamed = encoded(cohere, 'sse', decoded(cohere, 'json', [body]));
  const { x_meta: _, ...rest } = REPLY;
  const {
    citations: [, ofText],
    ...message
  } = REPLY.message;
  const again = JSON.parse(String(encoded(cohere, 'json', decoded(cohere, 'sse', [streamed])))) as object;
  expect(again).toEqual({ ...rest, message: { ...message, citations: [ofText] }, x_meta: { a: 1 } });
  expect(String(streamed)).toContain('"type":"PLAN"');
  expect(String(streamed).endsWith('data: [DONE]\n\n')).toBe(true);
});

const frame = (event: object): Buffer => Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
const content = (said: object, index = 0) => ({ index, delta: { message: { content: said } } });

test('a citation that comes when its text is over belongs to it all the same', () => {
  const events = decoded(cohere, 'sse', [
    frame({ type: 'message-start', id: 'r' }),
    frame({ type: 'content-start', ...content({ type: 'text', text: 'Y' }) }),
    frame({ type: 'content-delta', ...content({ text: 'o' }) }),
    frame({ type: 'content-end', index: 0 }),
    frame({ type: 'citation-start', index: 0, delta: { message: { citations: cited('TEXT_CONTENT', 0) } } }),
    frame({ type: 'citation-end', index: 0 }),
    frame({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }),
  ]);
  expect(events.map(({ type }) => type)).toEqual([
    'start',
    'block-start',
    'text-delta',
    'text-delta',
    'citation',
    'block-end',
    'finish',
    'end',
  ]);
});

test('a piece of text of several tokens is as likely as all of them together', () => {
  const logprobs = { text: 'Yo', token_ids: [1, 2], logprobs: [-0.5, -0.25] };
  const events = decoded(cohere, 'sse', [
    frame({ type: 'content-start', ...content({ type: 'text', text: '' }) }),
    frame({ type: 'content-delta', ...content({ text: 'Yo' }), logprobs }),
  ]);
  expect(events.at(-1)).toEqual({ type: 'logprobs', choice: 0, tokens: [{ token: 'Yo', logprob: -0.75 }] });
});

test('a picture is counted beside the words, and what is paid for apart from both', () => {
  const usage = {
    billed_units: { input_tokens: 267, output_tokens: 52 },
    tokens: { input_tokens: 34, output_tokens: 56, image_tokens: 259 },
    cached_tokens: 9999,
  };
  const events = glanced(cohere, 'json', [Buffer.from(JSON.stringify({ ...REPLY, usage }))]);
  expect(events.find((event) => event.type === 'usage')?.usage).toMatchObject({
    inputTokens: 293,
    outputTokens: 56,
    cacheReadTokens: 293,
    billed: { inputTokens: 267, outputTokens: 52 },
  });
});

const failed = (events: readonly ReplyEvent[]) =>
  events.flatMap((event) => (event.type === 'error' ? [[event.error.code, event.error.message]] : []));

test.each([
  ['an end that is an error', { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'It broke.' } }],
  ['an error without an event', { message: 'It broke.' }],
])('%s fails a stream, read or glanced at', (_, event) => {
  for (const see of [decoded, glanced]) {
    const events = see(cohere, 'sse', [frame(event)]);
    expect(failed(events)).toEqual([['upstream.broke', 'It broke.']]);
    expect(events.filter(({ type }) => type === 'end' || type === 'finish')).toEqual([]);
  }
});

test.each(['ERROR', 'TIMEOUT'])('a whole reply that ended by %s failed', (reason) => {
  const bytes = Buffer.from(JSON.stringify({ ...REPLY, finish_reason: reason }));
  for (const see of [decoded, glanced]) expect(failed(see(cohere, 'json', [bytes]))).toHaveLength(1);
});

test.each([
  ['too many tokens: size limit exceeded by 11 tokens.', 'context-window'],
  ['too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model', undefined],
  ['blocked output: this generation may be potentially against our usage guidelines', 'content-policy'],
  ['invalid request: prompt must be at least 1 token long.', undefined],
])('the complaint “%s” means %s', (message, means) => {
  expect(cohere.readError({ message }).means).toBe(means);
});

test('an error is said as Cohere says it, with its kind where it is one of Cohere’s', () => {
  const said = (upstreamType: string): unknown =>
    JSON.parse(String(cohere.encodeError(new GatewayError('upstream.refused', 'No.', { upstreamType }), 'req-1')));
  expect(said('TOO_MANY_TOKENS')).toEqual({ id: 'req-1', message: 'No.', error_type: 'TOO_MANY_TOKENS' });
  expect(said('invalid_request_error')).toEqual({ id: 'req-1', message: 'No.' });
});

import { describe, expect, test } from 'vitest';
import { decoded, encoded, glanced } from '../../../test/decoded.ts';
import { originOf } from '../../../test/requests.ts';
import { GatewayError } from '../../model/error.ts';
import { fold } from '../../model/fold.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { ollamaChat as ollama } from './ollama-chat.ts';

const HELLO = { role: 'user', content: 'Hi' };
const PNG = 'iVBORw0KGgoAAAA=';
const JPEG = '/9j/4AAQSkZJRg==';
const ask = (body: object) =>
  ollama.readRequest(originOf('ollama-chat', JSON.stringify({ model: 'm', messages: [HELLO], ...body })));
const read = (body: object) => ask(body).look();
const saidAgain = (body: object) => {
  const { bytes, losses } = ollama.encodeRequest(read(body), 'm');
  expect(losses).toEqual([]);
  return JSON.parse(String(bytes)) as Record<string, unknown>;
};
const call = (name: string, input: object, more: object = {}) => ({ function: { name, arguments: input }, ...more });

describe('a conversation is read and said again as it was', () => {
  test.each([
    ['texts', [{ role: 'system', content: 'Be kind.' }, HELLO, { role: 'assistant', content: 'Yo' }, HELLO]],
    ['pictures, known or not', [{ role: 'user', content: 'Look', images: [PNG, 'AAAA', JPEG] }]],
    ['thoughts, and an empty text', [HELLO, { role: 'assistant', content: '', thinking: 'Hm' }]],
    [
      'calls without ids, and their results',
      [
        HELLO,
        { role: 'assistant', content: '', tool_calls: [call('f', { a: [1] }), call('g', {})] },
        { role: 'tool', tool_name: 'g', content: 'Heard' },
        { role: 'tool', tool_name: 'f', content: 'Seen', images: [PNG] },
      ],
    ],
    [
      'calls with ids, and more than we know of',
      [
        HELLO,
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', function: { index: 0, name: 'f', arguments: {} }, x_by: 'me' }],
        },
        { role: 'tool', tool_name: 'f', tool_call_id: 'c1', content: 'Seen' },
      ],
    ],
    [
      'a result that names nothing',
      [
        { role: 'assistant', tool_calls: [call('f', {})] },
        { role: 'tool', content: 'S' },
      ],
    ],
    ['lists of nothing', [{ role: 'assistant', content: 'Yo', images: [], tool_calls: [] }]],
    ['an empty message, and fields that nobody knows', [{ role: 'user', content: '', x_mood: 'fine' }]],
  ])('%s', (_, messages) => {
    expect(saidAgain({ messages })).toEqual({ model: 'm', messages });
  });
});

test('results belong to calls by name where ids are left out, and in order where names are as well', () => {
  const calls = { role: 'assistant', tool_calls: [call('f', {}), call('g', {}), call('h', {})] };
  const results = [{ tool_name: 'g' }, {}, { tool_name: 'h' }].map((said) => ({ role: 'tool', content: 'S', ...said }));
  const [asked, ...answers] = read({ messages: [calls, ...results] }).messages;
  const ids = asked?.content.map((part) => (part.type === 'tool-call' ? part.id : ''));
  const answered = answers.map(({ content: [part] }) => (part?.type === 'tool-result' ? part.callId : ''));
  expect(answered).toEqual([ids?.[1], ids?.[0], ids?.[2]]);
});

test('every setting is read and said again as it was', () => {
  const options = { temperature: 0, top_p: 0.9, top_k: 5, seed: 7, num_predict: 9, stop: ['.'], presence_penalty: 0.1 };
  const body = {
    model: 'm',
    messages: [HELLO],
    stream: false,
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, x_b: 1 } }],
    format: { type: 'object' },
    think: 'low',
    keep_alive: '5m',
    logprobs: true,
    top_logprobs: 2,
    options: { ...options, frequency_penalty: 0.2, num_ctx: 4096, mirostat: 1, min_p: 0.1 },
    truncate: false,
  };
  expect(saidAgain(body)).toEqual(body);
  expect(read(body)).toMatchObject({
    tools: [{ name: 'f' }],
    maxOutputTokens: 9,
    temperature: 0,
    topP: 0.9,
    topK: 5,
    seed: 7,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    logprobs: 2,
    stop: ['.'],
    reasoning: { effort: 'low' },
    output: { type: 'json-schema', schema: { type: 'object' } },
  });
});

test.each([
  { think: true },
  { think: false },
  { think: '' },
  { format: 'json' },
  { format: '' },
  { logprobs: false },
  { logprobs: true },
  { options: {} },
  { options: { num_predict: -1 } },
  { options: { num_predict: -2, stop: 'END' } },
  { keep_alive: 0 },
])('the setting %j is kept', (setting) =>
  expect(saidAgain(setting)).toEqual({ model: 'm', messages: [HELLO], ...setting }),
);

test('an answer is streamed unless the caller says no', () => {
  expect([{}, { stream: true }, { stream: false }].map((body) => ask(body).head.stream)).toEqual([true, true, false]);
  const made = { model: 'm', messages: [], stream: false, usageWanted: true };
  expect(JSON.parse(String(ollama.encodeRequest(made, 'm').bytes))).toMatchObject({ stream: false });
});

test.each([
  ['messages', { messages: 'Hi' }],
  ['messages[0].role', { messages: [{ role: 'robot', content: 'Hi' }] }],
  ['messages[0].content', { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] }],
  ['messages[0].images', { messages: [{ ...HELLO, images: [7] }] }],
  ['messages[0].tool_calls[0].function', { messages: [{ role: 'assistant', tool_calls: [{}] }] }],
  [
    'messages[0].tool_calls[0].function.arguments',
    { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }] },
  ],
  ['tools', { tools: {} }],
  ['format', { format: 'xml' }],
  ['think', { think: 3 }],
  ['options', { options: [] }],
  ['options.num_predict', { options: { num_predict: 'many' } }],
  ['options.stop', { options: { stop: [1] } }],
  ['logprobs', { logprobs: 1 }],
  ['top_logprobs', { top_logprobs: true }],
])('a request whose %s is wrong is refused', (param, body) => {
  expect(() => ask(body)).toThrow(expect.objectContaining({ code: 'request.invalid', details: { param } }) as Error);
});

const line = (message: object, more: object = {}) =>
  `${JSON.stringify({ model: 'm', created_at: '2026-01-02T03:04:05.678901234Z', message: { role: 'assistant', content: '', ...message }, done: false, ...more })}\n`;
const END = { done: true, done_reason: 'stop', total_duration: 9, prompt_eval_count: 3, eval_count: 2 };
const stream = (...lines: readonly string[]): ReplyEvent[] =>
  decoded(ollama, 'json-lines', [Buffer.from(lines.join(''))]);

describe('a reply', () => {
  const lines = [
    line({ thinking: 'Hm' }),
    line({ content: 'Yo' }, { logprobs: [{ token: 'Yo', logprob: -0.5, top_logprobs: [] }], remote_host: 'h' }),
    line({ images: [PNG] }),
    line({ tool_calls: [call('f', { a: 1 }, { id: 'c1' }), call('g', {})] }),
    line({}, END),
  ];

  test('is said again in its own words, times and durations included', () => {
    const again = String(encoded(ollama, 'json-lines', stream(...lines)));
    const said = again
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as { created_at: string });
    expect(new Set(said.map((one) => one.created_at))).toEqual(new Set(['2026-01-02T03:04:05.678901234Z']));
    expect(said.at(-1)).toMatchObject(END);
    expect(fold(decoded(ollama, 'json-lines', [Buffer.from(again)]))).toEqual({
      ...fold(stream(...lines)),
      id: expect.any(String) as string,
      model: 'the-model',
    });
    expect(JSON.parse(String(encoded(ollama, 'json', stream(...lines))))).toMatchObject({
      message: { content: 'Yo', thinking: 'Hm', images: [PNG], tool_calls: [{ id: 'c1' }, call('g', {})] },
      remote_host: 'h',
      logprobs: [{ token: 'Yo', logprob: -0.5 }],
      ...END,
    });
  });

  test('that calls tools ended for that, though the wire says that it stopped', () => {
    for (const read of [stream(...lines), glanced(ollama, 'json-lines', [Buffer.from(lines.join(''))])])
      expect(read.filter(({ type }) => type === 'finish')).toMatchObject([{ reason: 'tool-calls' }]);
  });

  test.each([
    ['length', 'length'],
    ['load', 'stop'],
    ['later', 'other'],
  ])('that ended for %s ended for %s', (said, reason) => {
    expect(stream(line({}, { ...END, done_reason: said }))).toContainEqual(expect.objectContaining({ reason }));
  });

  test('that counts nothing has no usage, and keeps its durations', () => {
    const read = stream(line({ content: 'Yo' }), line({}, { done: true, done_reason: 'stop', total_duration: 9 }));
    expect(read.filter(({ type }) => type === 'usage')).toEqual([]);
    expect(String(encoded(ollama, 'json', read))).toContain('"total_duration":9');
  });

  test.each([
    ['model requires more system memory', 'upstream.broke'],
    ['the input length exceeds the context length', 'upstream.context-window'],
    ['server busy, please try again. maximum pending requests exceeded', 'upstream.overloaded'],
    ['you have reached your weekly usage limit', 'upstream.rate-limited'],
    ['unauthorized', 'upstream.auth'],
  ])('that says the error “%s” in the middle failed and has no end', (message, code) => {
    const read = stream(line({ content: 'Yo' }), `${JSON.stringify({ error: message })}\n`, line({}, END));
    expect(read.filter(({ type }) => type === 'end')).toEqual([]);
    const error = read.find((event) => event.type === 'error')?.error;
    expect([error?.code, error?.message, error?.details.quoted]).toEqual([code, message, true]);
  });

  test('that is neither a message nor an end is the provider’s fault', () => {
    expect(() => stream('{"status":"pulling"}\n')).toThrow(GatewayError);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, places } from '../../../test/cuts.ts';
import { decoded, glanced } from '../../../test/decoded.ts';
import { type Block, type Choice, fold } from '../../model/fold.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { openaiChat } from './openai-chat.ts';

function sse(...chunks: readonly unknown[]): Buffer {
  return Buffer.from(chunks.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join(''));
}

const DONE = '[DONE]';

function chunk(delta: unknown, finish: string | null = null, more: object = {}): object {
  return { id: 'c-1', model: 'm', created: 7, choices: [{ index: 0, delta, finish_reason: finish }], ...more };
}

function streamed(...chunks: readonly unknown[]): ReplyEvent[] {
  return decoded(openaiChat, 'sse', [sse(...chunks)]);
}

function whole(message: unknown, more: object = {}, beside: object = {}): ReplyEvent[] {
  const choices = [{ index: 0, message, finish_reason: 'stop', ...more }];
  return decoded(openaiChat, 'json', [Buffer.from(JSON.stringify({ id: 'c-1', model: 'm', choices, ...beside }))]);
}

function first(events: readonly ReplyEvent[]): Choice {
  const [choice] = fold(events).choices;
  if (!choice) throw new Error('There is no choice.');
  return choice;
}

function types(events: readonly ReplyEvent[]): string[] {
  return events.map(({ type }) => type);
}

const text = (said: string): Block => ({ kind: 'text', text: said, citations: [] });
const reasoning = (said: string): Block => ({ kind: 'reasoning', text: said, signature: undefined });
const call = (id: string, name: string, input: string): Block => ({
  kind: 'tool-call',
  id,
  name,
  input,
  freeform: false,
});

describe('a stream', () => {
  test('is blocks that begin and end one after the other', () => {
    const events = streamed(
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Hi' }),
      chunk({ content: '!' }),
      chunk({}, 'stop'),
      DONE,
    );
    expect(types(events)).toEqual([
      'start',
      'block-start',
      'reasoning-delta',
      'block-end',
      'block-start',
      'text-delta',
      'text-delta',
      'block-end',
      'finish',
      'end',
    ]);
    expect(events[0]).toEqual({ type: 'start', id: 'c-1', model: 'm', createdAtSeconds: 7 });
  });

  test('counts the blocks of each of several answers for itself', () => {
    const two = (index: number, delta: object, finish: string | null = null): object => ({
      ...chunk({}),
      choices: [{ index, delta, finish_reason: finish }],
    });
    const events = streamed(
      two(0, { content: 'a' }),
      two(1, { content: 'b' }),
      two(0, { content: 'c' }, 'stop'),
      two(1, {}, 'length'),
      DONE,
    );
    expect(fold(events).choices.map(({ blocks, finish }) => [blocks, finish])).toEqual([
      [[text('ac')], 'stop'],
      [[text('b')], 'length'],
    ]);
  });

  test.each([
    [
      'numbered, as OpenAI sends them',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
        { index: 0, function: { arguments: '{"x"' } },
        { index: 0, function: { arguments: ':1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'without numbers',
      [
        { id: 'a', function: { name: 'f', arguments: '' } },
        { function: { arguments: '{"x":1}' } },
        { id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'all under the number 0',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
        { index: 0, id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'with name and id repeated',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: ':1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'with an empty id and name in later pieces',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } },
        { index: 0, id: '', function: { name: '', arguments: ':1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'with arguments as objects',
      [
        { id: 'a', function: { name: 'f', arguments: { x: 1 } } },
        { id: 'b', function: { name: 'g', arguments: {} } },
      ],
    ],
  ])('has its tool calls put together: %s', (_, fragments) => {
    const expected = [call('a', 'f', '{"x":1}'), call('b', 'g', '{}')];
    const oneByOne = streamed(...fragments.map((one) => chunk({ tool_calls: [one] })), chunk({}, 'tool_calls'), DONE);
    expect(first(oneByOne)).toMatchObject({ blocks: expected, finish: 'tool-calls' });
    expect(first(streamed(chunk({ tool_calls: fragments }, 'tool_calls'), DONE)).blocks).toEqual(expected);
  });

  test('gives calls without an id one that tells them apart', () => {
    const bare = { id: '', function: { name: 'f', arguments: '{}' } };
    const ids = first(streamed(chunk({ tool_calls: [bare, bare] }), chunk({}, 'stop'), DONE)).blocks.map(
      (block) => block.kind === 'tool-call' && block.id,
    );
    expect(ids).toEqual(['call_c-1_0_0', 'call_c-1_0_1']);
    const numbered = chunk({ tool_calls: [{ index: 0, ...bare }] });
    expect(first(streamed(numbered, numbered, chunk({}, 'stop'), DONE)).blocks).toHaveLength(2);
  });

  test('may say its usage on a chunk with text, on one alone, or where only Groq says it', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2 };
    for (const chunks of [
      [chunk({ content: 'x' }, 'stop', { usage })],
      [chunk({ content: 'x' }, 'stop', { usage: null }), { id: 'c-1', choices: [], usage }],
      [chunk({ content: 'x' }), chunk({}, 'stop', { x_groq: { id: 'r', usage } })],
      [chunk({ content: 'x' }, null, { usage: { ...usage, completion_tokens: 1 } }), chunk({}, 'stop', { usage })],
    ]) {
      expect(fold(streamed(...chunks, DONE)).usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
      expect(fold(glanced(openaiChat, 'sse', [sse(...chunks, DONE)])).usage).toMatchObject({ outputTokens: 2 });
    }
  });

  test('is whole without [DONE] if it said how it ended, and cut short if it did not', () => {
    expect(types(streamed(chunk({ content: 'x' }, 'stop')))).toContain('end');
    expect(types(streamed(chunk({ content: 'x' })))).not.toContain('end');
    expect(types(streamed(chunk({ content: 'x' }), DONE)).filter((type) => type === 'finish')).toEqual([]);
  });

  test('ends properly where a host never says the reason', () => {
    const said = { id: '', model: 'm', choices: [{ index: 0, delta: { content: 'x' } }] };
    const called = { ...said, choices: [{ index: 0, delta: { tool_calls: [{ id: 'a', function: { name: 'f' } }] } }] };
    for (const [body, reason] of [
      [said, 'stop'],
      [called, 'tool-calls'],
    ] as const) {
      for (const events of [streamed(body, DONE), glanced(openaiChat, 'sse', [sse(body, DONE)])]) {
        expect(events.slice(-2)).toEqual([{ type: 'finish', choice: 0, reason }, { type: 'end' }]);
      }
    }
  });

  test('is a call for tools even where the host says that it just stopped', () => {
    const events = streamed(
      chunk({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }, 'stop'),
      DONE,
    );
    expect(first(events)).toMatchObject({ finish: 'tool-calls', nativeFinish: { reason: 'stop' } });
  });

  test.each([
    ['in a chunk', sse(chunk({ content: 'x' }), { error: { message: 'broke', code: 'server_overloaded' } }, DONE)],
    [
      'in a chunk with choices',
      sse(chunk({ content: 'x' }, null, { error: { message: 'broke', code: 'server_overloaded' } }), DONE),
    ],
    [
      'under the event’s name',
      Buffer.concat([
        sse(chunk({ content: 'x' })),
        Buffer.from('event: error\ndata: {"message":"broke","code":"server_overloaded"}\n\n'),
      ]),
    ],
  ])('ends with an error that comes %s, and with nothing after it', (_, bytes) => {
    for (const events of [decoded(openaiChat, 'sse', [bytes]), glanced(openaiChat, 'sse', [bytes])]) {
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream.overloaded', message: 'broke' } });
    }
  });

  test('may begin with what a filter found, before there is an id', () => {
    const events = streamed(
      { id: '', model: '', choices: [], prompt_filter_results: [1] },
      chunk({ content: 'x' }, 'stop'),
      DONE,
    );
    expect(events.slice(0, 2)).toMatchObject([
      { type: 'start', id: 'c-1' },
      { type: 'native', fields: { prompt_filter_results: [1] } },
    ]);
  });

  test('says its own fields once, not with every chunk', () => {
    const more = { system_fingerprint: 'fp', search_results: [{ url: 'u' }], obfuscation: 'zzz' };
    const events = streamed(
      chunk({ content: 'x' }, null, more),
      chunk({ content: 'y' }, null, more),
      chunk({}, 'stop', more),
      DONE,
    );
    const { obfuscation: _, ...fields } = more;
    expect(events.filter(({ type }) => type === 'native')).toEqual([
      { type: 'native', dialect: 'openai-chat', fields },
    ]);
  });

  test('says the same however it is cut, and its end at a glance', () => {
    const bytes = sse(
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning: 'Hmé…' }),
      chunk({ content: 'Grüße "usage": {}' }),
      chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"finish_reason":"x"}' } }] }),
      chunk({}, 'stop', { usage: { prompt_tokens: 1, completion_tokens: 1 } }),
      DONE,
    );
    const expected = decoded(openaiChat, 'sse', [bytes]);
    const endings = expected.filter(({ type }) => ['finish', 'usage', 'end'].includes(type));
    fc.assert(
      fc.property(places, (at) => {
        expect(decoded(openaiChat, 'sse', cutAt(bytes, at))).toEqual(expected);
        expect(glanced(openaiChat, 'sse', cutAt(bytes, at))).toEqual(endings);
      }),
    );
  });
});

describe('a message', () => {
  test.each([
    ['DeepSeek', { content: 'Hi', reasoning_content: 'Hm.' }],
    ['OpenRouter', { content: 'Hi', reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] }],
    ['a host that says it twice', { content: 'Hi', reasoning: 'Hm.', reasoning_content: 'Hm.' }],
    [
      'Mistral',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
          { type: 'text', text: 'Hi' },
        ],
      },
    ],
  ])('has the reasoning of %s before its text', (_, message) => {
    expect(first(whole(message)).blocks).toEqual([reasoning('Hm.'), text('Hi')]);
    expect(first(streamed(chunk(message), chunk({}, 'stop'), DONE)).blocks).toEqual([reasoning('Hm.'), text('Hi')]);
  });

  test('keeps the parts of Mistral’s content that we have no word for', () => {
    const reference = { type: 'reference', reference_ids: [1] };
    const content = [{ type: 'text', text: 'a' }, reference, { type: 'text', text: 'b' }];
    const native: Block = { kind: 'native', dialect: 'openai-chat', value: reference };
    expect(first(whole({ content })).blocks).toEqual([text('a'), native, text('b')]);
  });

  test('has its citations in its text, even where they come before it', () => {
    const annotation = { type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 2 } };
    const file = { type: 'file', file: { hash: 'h' } };
    const citation = { url: 'u', title: 't', start: 0, end: 2 };
    for (const events of [
      whole({ content: 'Hi', annotations: [annotation, file] }),
      streamed(chunk({ content: '', annotations: [annotation, file] }), chunk({ content: 'Hi' }, 'stop'), DONE),
    ]) {
      expect(first(events)).toMatchObject({
        blocks: [{ kind: 'text', text: 'Hi', citations: [citation] }],
        native: [{ fields: { message: { annotations: [file] } } }],
      });
    }
  });

  test('may refuse, and may speak', () => {
    const audio = { id: 'a', data: 'UklG', transcript: 'Hi' };
    expect(first(whole({ content: null, refusal: 'No.' })).blocks).toEqual([{ kind: 'refusal', text: 'No.' }]);
    expect(first(whole({ content: null, audio })).native).toMatchObject([{ fields: { message: { audio } } }]);
  });

  test('is Perplexity’s message only once, though it stands beside every delta', () => {
    const both = (so: string, far: string, finish: string | null = null): object => ({
      id: 'c',
      choices: [{ index: 0, delta: { content: so }, message: { content: far }, finish_reason: finish }],
    });
    expect(first(streamed(both('Hi', 'Hi'), both('!', 'Hi!', 'stop'))).blocks).toEqual([text('Hi!')]);
    expect(first(whole({ content: 'Hi!' }, { delta: { content: '' } })).blocks).toEqual([text('Hi!')]);
  });

  test('has log probabilities, of its text or of its refusal', () => {
    const token = { token: 'Hi', logprob: -0.1, bytes: null, top_logprobs: [] };
    expect(first(whole({ content: 'Hi' }, { logprobs: { content: [token], refusal: null } })).logprobs).toEqual([
      token,
    ]);
    expect(first(whole({ refusal: 'Hi' }, { logprobs: { content: null, refusal: [token] } })).logprobs).toEqual([
      token,
    ]);
    expect(first(whole({ content: 'Hi' }, { logprobs: { content: null, refusal: null } })).logprobs).toBeUndefined();
  });

  test.each([
    ['tool_calls', 'tool-calls', undefined],
    ['content_filter', 'content-filter', undefined],
    ['eos', 'stop', 'eos'],
    ['flux', 'other', 'flux'],
    ['', 'stop', undefined],
    [null, 'stop', undefined],
  ])('that ended with %j ended with %s', (word, finish, native) => {
    const choice = first(whole({ content: 'x' }, { finish_reason: word }));
    expect([choice.finish, choice.nativeFinish?.reason]).toEqual([finish, native]);
  });
});

describe('a whole body', () => {
  test.each([
    '{"object":"list"}',
    '{"choices":null}',
    '{"choices":[]}',
    '{"choices":{}}',
    '{"choices":[7]}',
    '<html>',
    '',
  ])('that is no completion is the provider’s fault: %s', (body) => {
    const decoder = openaiChat.decodeReply('json');
    expect(() => decoder.push(Buffer.from(body))).toThrow(expect.objectContaining({ code: 'upstream.bad-response' }));
  });

  test('may be an error in spite of its status', () => {
    const events = decoded(openaiChat, 'json', [Buffer.from('{"error":{"message":"busy","code":429}}')]);
    expect(events).toMatchObject([{ type: 'error', error: { code: 'upstream.rate-limited' } }]);
  });
});

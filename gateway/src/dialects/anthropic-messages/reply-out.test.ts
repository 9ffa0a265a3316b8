import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, test } from 'vitest';
import { decoded, encoded } from '../../../test/decoded.ts';
import { GatewayError } from '../../model/error.ts';
import { fold, unfold } from '../../model/fold.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { MESSAGE, STREAM, streamOf } from './example-message.suite.ts';

const sse = (events: readonly ReplyEvent[]): Buffer => encoded(anthropicMessages, 'sse', events);
const json = (events: readonly ReplyEvent[]): unknown =>
  JSON.parse(encoded(anthropicMessages, 'json', events).toString());
const example = decoded(anthropicMessages, 'sse', [streamOf(STREAM)]);

/** What the vendor's own client makes of a stream. */
async function heard(bytes: Buffer): Promise<Anthropic.Message> {
  const answer = new Response(bytes, { headers: { 'content-type': 'text/event-stream' } });
  const client = new Anthropic({ apiKey: 'k', maxRetries: 0, fetch: () => Promise.resolve(answer) });
  return client.messages
    .stream({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] })
    .finalMessage();
}

function saidIn(bytes: Buffer): Record<string, unknown>[] {
  const frames = bytes.toString().split('\n\n').slice(0, -1);
  return frames.map((frame) => {
    const [event, data] = frame.split('\n');
    const said = JSON.parse(data?.slice(6) ?? '') as Record<string, unknown>;
    expect(event).toBe(`event: ${String(said['type'])}`);
    return said;
  });
}

const at = (block: number) => ({ choice: 0, block });
const start = { type: 'start', id: 'chatcmpl-1', model: 'gpt' } as const;
const usage = { type: 'usage', usage: { inputTokens: 30, outputTokens: 9, cacheReadTokens: 10 } } as const;
const text = (block: number, said: string): ReplyEvent => ({ type: 'text-delta', ...at(block), text: said });
/** As from a provider that says its usage after the finish. */
const plain: readonly ReplyEvent[] = [
  start,
  { type: 'block-start', ...at(0), start: { kind: 'text' } },
  text(0, 'Hel'),
  text(0, 'lo'),
  { type: 'block-end', ...at(0) },
  { type: 'finish', choice: 0, reason: 'stop' },
  usage,
  { type: 'end' },
];

describe('a message said again', () => {
  test('as JSON is the provider’s own, but for the model', () => {
    expect(json(decoded(anthropicMessages, 'json', [Buffer.from(JSON.stringify(MESSAGE))]))).toEqual({
      ...MESSAGE,
      model: 'the-model',
    });
    expect(json(example)).toEqual({ ...MESSAGE, model: 'the-model' });
  });

  test('as a stream is the same message to the vendor’s own client', async () => {
    const { content, stop_reason, usage: counted, model } = await heard(sse(example));
    expect(content).toEqual(MESSAGE.content);
    expect({ stop_reason, model }).toEqual({ stop_reason: 'tool_use', model: 'the-model' });
    expect(counted).toMatchObject({ input_tokens: 10, cache_read_input_tokens: 20, output_tokens: 99 });
  });

  test('from a store is the same to the vendor’s own client', async () => {
    expect((await heard(sse(unfold(fold(example))))).content).toEqual(MESSAGE.content);
  });

  test('as a stream and read again is the same events', () => {
    const again = decoded(anthropicMessages, 'sse', [sse(example)]);
    expect(again).toEqual([{ type: 'start', id: 'msg_1', model: 'the-model' }, ...example.slice(1)]);
  });
});

describe('a reply of another dialect', () => {
  test('has its events in the wire’s order, and its usage at the end', () => {
    expect(saidIn(sse(plain))).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'chatcmpl-1',
          type: 'message',
          role: 'assistant',
          model: 'the-model',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { input_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 10, output_tokens: 9 },
      },
      { type: 'message_stop' },
    ]);
  });

  test('is understood by the vendor’s own client, usage included', async () => {
    expect(await heard(sse(plain))).toMatchObject({
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 20, cache_read_input_tokens: 10, output_tokens: 9 },
    });
  });

  test('has each text said as soon as it comes', () => {
    const encoder = anthropicMessages.encodeReply('sse', { model: 'm', usage: true });
    const said = plain.map((event) => Buffer.concat([...encoder.push(event)]).toString());
    expect(said[2]).toContain('Hel');
    expect(said[3]).toContain('lo');
  });

  test('has reasoning without a proof said with an empty signature', async () => {
    const reasoning: ReplyEvent[] = [
      start,
      { type: 'block-start', ...at(0), start: { kind: 'reasoning' } },
      { type: 'reasoning-delta', ...at(0), text: 'hm' },
      { type: 'block-end', ...at(0) },
      ...plain.slice(5),
    ];
    const block = { type: 'thinking', thinking: 'hm', signature: '' };
    expect(saidIn(sse(reasoning)).map(({ delta }) => delta)).toContainEqual({ type: 'signature_delta', signature: '' });
    expect((await heard(sse(reasoning))).content).toEqual([block]);
    expect(json(reasoning)).toMatchObject({ content: [block] });
  });

  test.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool-calls', 'tool_use'],
    ['content-filter', 'refusal'],
    ['refusal', 'refusal'],
    ['pause', 'pause_turn'],
    ['other', 'end_turn'],
  ] as const)('that finished with %s stops with %s', (reason, word) => {
    const events = plain.map((event) => (event.type === 'finish' ? { ...event, reason } : event));
    expect(json(events)).toMatchObject({ stop_reason: word, stop_sequence: null });
    expect(saidIn(sse(events)).at(-2)).toMatchObject({ delta: { stop_reason: word } });
  });

  test('says the stop sequence that ended it', () => {
    const events = plain.map((event) => (event.type === 'finish' ? { ...event, stopSequence: 'END' } : event));
    expect(json(events)).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });

  test('says a refusal as text, and as the reason why it stopped', () => {
    const events: ReplyEvent[] = [
      start,
      { type: 'block-start', ...at(0), start: { kind: 'refusal' } },
      { type: 'refusal-delta', ...at(0), text: 'No.' },
      ...plain.slice(4),
    ];
    const refusal = { content: [{ type: 'text', text: 'No.' }], stop_reason: 'refusal' };
    expect(json(events)).toMatchObject(refusal);
    expect(json(decoded(anthropicMessages, 'sse', [sse(events)]))).toMatchObject(refusal);
  });

  test('has room for the first answer only', () => {
    const second = { type: 'block-start', choice: 1, block: 0, start: { kind: 'text' } } as const;
    const more = [start, second, { type: 'text-delta', choice: 1, block: 0, text: 'no' } as const, ...plain.slice(1)];
    expect(sse(more)).toEqual(sse(plain));
    expect(json(more)).toEqual(json(plain));
  });

  test('says citations as those of a web search', () => {
    const citation = { type: 'citation', ...at(0), citation: { url: 'u', title: 't' } } as const;
    const cited = [...plain.slice(0, 3), citation, ...plain.slice(3)];
    expect(json(cited)).toMatchObject({ content: [{ citations: [{ type: 'web_search_result_location', url: 'u' }] }] });
  });
});

describe('a reply that broke', () => {
  const error = { type: 'error', error: new GatewayError('upstream.overloaded', 'Too much.') } as const;

  test('ends with an error event, and nothing after it', () => {
    const said = saidIn(sse([...plain.slice(0, 3), error, ...plain.slice(3)]));
    expect(said.at(-1)).toEqual({ type: 'error', error: { type: 'overloaded_error', message: 'Too much.' } });
  });

  test('before its first word says the error alone', () => {
    expect(saidIn(sse([error]))).toHaveLength(1);
  });

  test('is an error to the vendor’s own client', async () => {
    await expect(heard(sse([...plain.slice(0, 3), error]))).rejects.toThrow('Too much.');
  });

  test('as a whole has no sum: the error is thrown, and gets a status of its own', () => {
    expect(() => json([...plain.slice(0, 3), error])).toThrow('Too much.');
  });

  test('without saying so gets no proper end', () => {
    expect(sse(plain.slice(0, 4)).toString()).not.toContain('message_stop');
    expect(sse(plain.slice(0, 6)).toString()).toContain('message_stop');
  });
});

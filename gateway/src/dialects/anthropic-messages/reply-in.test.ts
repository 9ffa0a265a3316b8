import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, places } from '../../../test/cuts.ts';
import { decoded } from '../../../test/decoded.ts';
import { GatewayError } from '../../model/error.ts';
import { fold } from '../../model/fold.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { MESSAGE, STREAM, streamOf } from './example-message.suite.ts';

const json = (body: unknown): ReplyEvent[] => decoded(anthropicMessages, 'json', [Buffer.from(JSON.stringify(body))]);
const sse = (...events: object[]): ReplyEvent[] => decoded(anthropicMessages, 'sse', [streamOf(events)]);

describe('a reply', () => {
  test('is the same whether it was streamed or not', () => {
    expect(fold(sse(...STREAM))).toEqual(fold(json(MESSAGE)));
  });

  test('is the same however the network cuts it', () => {
    const bytes = streamOf(STREAM);
    const whole = decoded(anthropicMessages, 'sse', [bytes]);
    fc.assert(
      fc.property(places, (at) => {
        expect(decoded(anthropicMessages, 'sse', cutAt(bytes, at))).toEqual(whole);
      }),
    );
  });

  test('has its blocks in neutral words, and those that have none as they are', () => {
    const [choice] = fold(sse(...STREAM)).choices;
    expect(choice?.blocks).toMatchObject([
      { kind: 'reasoning', text: 'Let me see.', signature: 'c2ln' },
      { kind: 'redacted-reasoning', data: 'AAAA' },
      {
        kind: 'text',
        text: 'It is 7 °C.',
        citations: [{ url: 'https://a', title: 'A', citedText: '7' }, { title: 'D' }],
      },
      { kind: 'native', value: { type: 'server_tool_use', input: { query: 'x' } } },
      { kind: 'native', value: { type: 'compaction', content: 'summary', encrypted_content: 'e' } },
      { kind: 'tool-call', name: 'f', input: '{"a":"b"}', extra: { fields: { caller: { type: 'direct' } } } },
      { kind: 'tool-call', name: 'g', input: '{}' },
    ]);
    expect(choice).toMatchObject({ finish: 'tool-calls', nativeFinish: { reason: 'tool_use' } });
  });

  test('counts all input together, and takes the last count', () => {
    expect(fold(sse(...STREAM)).usage).toMatchObject({
      inputTokens: 10 + 20 + 30,
      outputTokens: 99,
      cacheReadTokens: 20,
      cacheWriteTokens: 30,
      cacheWrite1hTokens: 5,
      reasoningTokens: 40,
    });
  });

  test('says what its input took before it is over, so that a reply cut short still counts', () => {
    expect(sse(...STREAM.slice(0, 1)).at(-1)).toMatchObject({ type: 'usage', usage: { inputTokens: 60 } });
  });

  test('ends only where the provider says so', () => {
    expect(sse(...STREAM.slice(0, -1)).some(({ type }) => type === 'end')).toBe(false);
    expect(sse(...STREAM).at(-1)).toEqual({ type: 'end' });
  });

  test('passes over pings, and keeps unknown events and deltas for the same dialect', () => {
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'delta_of_tomorrow', x: 1 } };
    expect(sse({ type: 'ping' }, { type: 'event_of_tomorrow', x: 1 })).toEqual([
      { type: 'native', dialect: 'anthropic-messages', fields: { stream_event: { type: 'event_of_tomorrow', x: 1 } } },
    ]);
    expect(sse(...STREAM.slice(0, 2), delta).at(-1)).toMatchObject({ fields: { stream_event: delta } });
  });

  test('may hold the whole input of a tool where its block starts', () => {
    const block = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } };
    const events = sse(
      { type: 'content_block_start', index: 0, content_block: block },
      { type: 'content_block_stop', index: 0 },
    );
    expect(fold(events).choices[0]?.blocks).toMatchObject([{ input: '{"a":1}' }]);
  });

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
    ['reason_of_tomorrow', 'other'],
  ])('that stops with %s finishes with %s', (reason, finish) => {
    expect(fold(json({ ...MESSAGE, stop_reason: reason })).choices[0]?.finish).toBe(finish);
  });

  test('says which stop sequence ended it', () => {
    const reply = fold(json({ ...MESSAGE, stop_reason: 'stop_sequence', stop_sequence: 'END' }));
    expect(reply.choices[0]?.stopSequence).toBe('END');
  });
});

describe('an error', () => {
  test.each([
    ['overloaded_error', 'Overloaded', 'upstream.overloaded'],
    ['rate_limit_error', 'slow down', 'upstream.rate-limited'],
    ['invalid_request_error', 'prompt is too long: 9 > 8', 'upstream.context-window'],
    ['invalid_request_error', 'bad', 'upstream.refused'],
    ['timeout_error', 'late', 'upstream.timeout'],
    ['api_error', 'prompt is too long', 'upstream.broke'],
  ])('of type %s that says “%s” is %s, in a stream and in a body', (type, message, code) => {
    const body = { type: 'error', error: { type, message } };
    for (const events of [sse(...STREAM.slice(0, 3), body), json(body)]) {
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { code, message, details: { upstreamType: type } } });
    }
  });

  test.each(['{"id":"x"}', '[]', '<html>', '{"content":"text"}'])('is the provider’s when it answers %s', (body) => {
    for (const decoder of [anthropicMessages.decodeReply('json'), anthropicMessages.glanceReply('json')]) {
      expect(() => decoder.push(Buffer.from(body))).toThrow(GatewayError);
    }
  });
});

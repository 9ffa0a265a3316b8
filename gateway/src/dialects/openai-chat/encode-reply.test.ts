import { describe, expect, test } from 'vitest';
import { decoded, encoded } from '../../../test/decoded.ts';
import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent } from '../../model/reply.ts';
import { readFrame } from '../sse.ts';
import { openaiChat } from './openai-chat.ts';

const start: ReplyEvent = { type: 'start', id: 'r', model: 'upstream', createdAtSeconds: 7 };
const USAGE: ReplyEvent = { type: 'usage', usage: { inputTokens: 3, outputTokens: 2 } };
const end: readonly ReplyEvent[] = [{ type: 'finish', choice: 0, reason: 'stop' }, USAGE, { type: 'end' }];
const hello: readonly ReplyEvent[] = [
  { type: 'block-start', choice: 0, block: 0, start: { kind: 'text' } },
  { type: 'text-delta', choice: 0, block: 0, text: 'Hel' },
  { type: 'text-delta', choice: 0, block: 0, text: 'lo' },
  { type: 'block-end', choice: 0, block: 0 },
];

interface Chunk {
  readonly choices: readonly { readonly delta: Record<string, unknown>; readonly finish_reason: string | null }[];
  readonly [field: string]: unknown;
}

function chunks(events: readonly ReplyEvent[], usage = false): (Chunk | string)[] {
  const frames = encoded(openaiChat, 'sse', events, usage).toString().split('\n\n').slice(0, -1);
  return frames.map((frame) => {
    const data = readFrame(Buffer.from(`${frame}\n\n`))?.data ?? '';
    return data === '[DONE]' ? data : (JSON.parse(data) as Chunk);
  });
}

function deltas(events: readonly ReplyEvent[]): unknown[] {
  return chunks(events).flatMap((one) => (typeof one === 'string' ? [] : one.choices.map(({ delta }) => delta)));
}

function body(events: readonly ReplyEvent[]): Record<string, unknown> {
  return JSON.parse(encoded(openaiChat, 'json', events).toString()) as Record<string, unknown>;
}

describe('a stream of chunks', () => {
  test('says the role, the words, the end and, where it was asked for, the usage', () => {
    const head = { id: 'r', object: 'chat.completion.chunk', created: 7, model: 'the-model' };
    const choice = (delta: object, finish: string | null = null): object => ({
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    });
    const usage = {
      prompt_tokens: 3,
      completion_tokens: 2,
      total_tokens: 5,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    };
    const said = [
      { ...head, ...choice({ role: 'assistant', content: '', refusal: null }) },
      { ...head, ...choice({ content: 'Hel' }) },
      { ...head, ...choice({ content: 'lo' }) },
      { ...head, ...choice({}, 'stop') },
    ];
    expect(chunks([start, ...hello, ...end])).toEqual([...said, '[DONE]']);
    expect(chunks([start, ...hello, ...end], true)).toEqual([
      ...said.map((one) => ({ ...one, usage: null })),
      { ...head, choices: [], usage },
      '[DONE]',
    ]);
  });

  test('numbers tool calls, and says id and name only once', () => {
    const call = (block: number, id: string): ReplyEvent[] => [
      { type: 'block-start', choice: 0, block, start: { kind: 'tool-call', id, name: 'f' } },
      { type: 'tool-input-delta', choice: 0, block, json: '{}' },
      { type: 'block-end', choice: 0, block },
    ];
    expect(deltas([start, ...call(1, 'a'), ...call(4, 'b')]).slice(1)).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
    ]);
  });

  test('says an error as data, and then nothing: no [DONE]', () => {
    const error = new GatewayError('upstream.broke', 'It broke.');
    const wire = { error: { message: 'It broke.', type: 'server_error', param: null, code: 'upstream.broke' } };
    expect(chunks([start, ...hello, { type: 'error', error }]).slice(3)).toEqual([wire]);
    expect(chunks([{ type: 'error', error }])).toEqual([wire]);
  });

  test('says each answer’s role in its first chunk', () => {
    const second: ReplyEvent = { type: 'text-delta', choice: 1, block: 0, text: 'b' };
    const roles = deltas([start, ...hello, second]).filter((delta) => 'role' in (delta as object));
    expect(roles).toHaveLength(2);
  });
});

describe('in both forms', () => {
  test('fields that only this dialect knows come back to where they stood', () => {
    const wire = {
      id: 'r',
      object: 'chat.completion',
      created: 7,
      model: 'the-model',
      system_fingerprint: 'fp',
      provider: 'Acme',
      citations: ['u'],
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hi',
            refusal: null,
            annotations: [
              { type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 } },
            ],
            reasoning: 'Hm.',
            reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }],
            audio: { id: 'a', data: 'UklG', transcript: 'Hi' },
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: 1 } },
              { id: 'b', type: 'custom', custom: { name: 'c', input: 'free' } },
            ],
          },
          logprobs: { content: [{ token: 'Hi', logprob: -0.5 }], refusal: null },
          finish_reason: 'tool_calls',
          native_finish_reason: 'completed',
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cost: 0.1 },
    };
    const events = decoded(openaiChat, 'json', [Buffer.from(JSON.stringify(wire))]);
    expect(body(events)).toEqual(wire);
    const again = decoded(openaiChat, 'sse', [encoded(openaiChat, 'sse', events)]);
    expect(body(again)).toEqual(wire);
  });

  test('a proof of reasoning travels as a detail that clients give back', () => {
    const events: ReplyEvent[] = [
      start,
      { type: 'block-start', choice: 0, block: 0, start: { kind: 'reasoning' } },
      { type: 'reasoning-delta', choice: 0, block: 0, text: 'Hm' },
      { type: 'reasoning-delta', choice: 0, block: 0, text: '.' },
      { type: 'signature-delta', choice: 0, block: 0, signature: 'proof' },
      { type: 'block-end', choice: 0, block: 0 },
      { type: 'block-start', choice: 0, block: 1, start: { kind: 'redacted-reasoning', data: 'secret' } },
      { type: 'block-end', choice: 0, block: 1 },
      ...end,
    ];
    const details = [
      { type: 'reasoning.text', text: 'Hm.', signature: 'proof', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'secret', format: 'anthropic-claude-v1', index: 1 },
    ];
    const message = { reasoning_content: 'Hm.', reasoning_details: details };
    expect(body(events)).toMatchObject({ choices: [{ message }] });
    expect(body(decoded(openaiChat, 'sse', [encoded(openaiChat, 'sse', events)]))).toMatchObject({
      choices: [{ message }],
    });
    const asked = { model: 'm', messages: [{ role: 'assistant', content: 'x', ...message }] };
    const origin = { dialect: 'openai-chat', bytes: Buffer.from(JSON.stringify(asked)), body: asked } as const;
    expect(openaiChat.readRequest(origin).look().messages[0]?.content).toEqual([
      { type: 'reasoning', text: 'Hm.', signature: 'proof' },
      { type: 'reasoning', text: '', redacted: 'secret' },
      { type: 'text', text: 'x' },
    ]);
  });

  test('fields of another dialect are not said', () => {
    const foreign: ReplyEvent = { type: 'native', dialect: 'anthropic-messages', fields: { container: 1 } };
    expect(body([start, foreign, ...hello, ...end])).not.toHaveProperty('container');
    expect(encoded(openaiChat, 'sse', [start, foreign, ...hello, ...end]).toString()).not.toContain('container');
  });

  test.each([
    ['tool-calls', 'tool_calls'],
    ['content-filter', 'content_filter'],
    ['refusal', 'content_filter'],
    ['pause', 'stop'],
    ['other', 'stop'],
  ] as const)('an end by %s is said as %s', (reason, word) => {
    const events = [start, ...hello, { type: 'finish', choice: 0, reason }, { type: 'end' }] as const;
    expect(body(events)).toMatchObject({ choices: [{ finish_reason: word }] });
  });
});

test('a whole body has every field that OpenAI’s own has', () => {
  expect(body([start, ...hello, ...end])).toEqual({
    id: 'r',
    object: 'chat.completion',
    created: 7,
    model: 'the-model',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: expect.objectContaining({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }) as unknown,
  });
});

test('a reply that failed has no whole body', () => {
  const error = new GatewayError('upstream.broke', 'It broke.');
  expect(() => body([start, ...hello, { type: 'error', error }])).toThrow(error);
});

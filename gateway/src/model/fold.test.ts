import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from './error.ts';
import { type Block, type ChatReply, type Choice, fold, unfold } from './fold.ts';
import type { FinishReason, ReplyEvent, Usage } from './reply.ts';
import type { Citation, DialectId } from './request.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const filled = fc.string({ minLength: 1, maxLength: 10 });
const count = fc.nat();
const dialect = fc.constantFrom<DialectId>('openai-chat', 'openai-completions', 'anthropic-messages');
const fields = fc.dictionary(filled, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2, noNullPrototype: true });
const native = fc.record({ dialect, fields });
const citation: fc.Arbitrary<Citation> = fc.record(
  { url: text, title: text, citedText: text, start: count, end: count, native },
  { requiredKeys: [] },
);
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text, citations: fc.array(citation, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('reasoning' as const), text, signature: fc.option(filled, { nil: undefined }) }),
  fc.record({ kind: fc.constant('redacted-reasoning' as const), data: text }),
  fc.record({ kind: fc.constant('refusal' as const), text }),
  fc.record(
    {
      kind: fc.constant('tool-call' as const),
      id: text,
      name: text,
      input: text,
      freeform: fc.boolean(),
      extra: native,
    },
    { requiredKeys: ['kind', 'id', 'name', 'input', 'freeform'] },
  ),
  fc.record({ kind: fc.constant('native' as const), dialect, value: fc.jsonValue({ maxDepth: 1 }) }),
);
const finish = fc.constantFrom<FinishReason>(
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'refusal',
  'pause',
  'other',
);
const logprobs = fc.array(fc.record({ token: text, logprob: fc.double({ noNaN: true }) }), { maxLength: 3 });
const body = { blocks: fc.array(block, { maxLength: 4 }), native: fc.array(native, { maxLength: 2 }) };
const finished = fc.record({
  ...body,
  finish,
  nativeFinish: fc.option(fc.record({ dialect, reason: text }), { nil: undefined }),
  stopSequence: fc.option(text, { nil: undefined }),
  logprobs: fc.option(logprobs, { nil: undefined }),
});
const unfinished = fc.record({
  ...body,
  finish: fc.constant(undefined),
  nativeFinish: fc.constant(undefined),
  stopSequence: fc.constant(undefined),
  logprobs,
});
const usage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    cacheWrite1hTokens: count,
    reasoningTokens: count,
    audioInputTokens: count,
    audioOutputTokens: count,
    native,
  },
  { requiredKeys: ['inputTokens', 'outputTokens'] },
);
const choices: fc.Arbitrary<Choice[]> = fc
  .array(fc.oneof(finished, unfinished), { maxLength: 3 })
  .map((all) => all.map((choice, index) => ({ index, ...choice })));
const reply: fc.Arbitrary<ChatReply> = fc.record({
  id: text,
  model: text,
  createdAtSeconds: fc.option(count, { nil: undefined }),
  choices,
  usage: fc.option(usage, { nil: undefined }),
  notices: fc.array(text, { maxLength: 2 }),
  native: fc.array(native, { maxLength: 2 }),
});

describe('a reply', () => {
  test('said as events and added up again is the same reply', () => {
    fc.assert(
      fc.property(reply, (whole) => {
        expect(fold(unfold(whole))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('is the same however its deltas are cut and its choices interleaved', () => {
    fc.assert(
      fc.property(reply, fc.infiniteStream(fc.nat(3)), (whole, random) => {
        expect(fold(shuffled(unfold(whole), random))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('said as events begins with its start, ends with its end, and closes every block it opens', () => {
    fc.assert(
      fc.property(reply, (whole) => {
        const events = unfold(whole);
        expect([events[0]?.type, events.at(-1)?.type]).toEqual(['start', 'end']);
        const named = (type: string): number => events.filter((event) => event.type === type).length;
        expect(named('block-end')).toBe(named('block-start'));
        expect(named('finish')).toBe(whole.choices.filter((choice) => choice.finish).length);
      }),
    );
  });
});

describe('adding up', () => {
  const at = { choice: 0, block: 0 };

  test('joins deltas, keeps signatures apart and takes the last usage', () => {
    const sum = fold([
      { type: 'start', id: 'r', model: 'm' },
      { type: 'usage', usage: { inputTokens: 5, outputTokens: 1 } },
      { type: 'block-start', ...at, start: { kind: 'reasoning' } },
      { type: 'reasoning-delta', ...at, text: 'thin' },
      { type: 'signature-delta', ...at, signature: 'si' },
      { type: 'reasoning-delta', ...at, text: 'king' },
      { type: 'signature-delta', ...at, signature: 'gn' },
      { type: 'block-end', ...at },
      { type: 'usage', usage: { inputTokens: 5, outputTokens: 9 } },
    ]);
    expect(sum.choices[0]?.blocks).toEqual([{ kind: 'reasoning', text: 'thinking', signature: 'sign' }]);
    expect(sum.usage).toEqual({ inputTokens: 5, outputTokens: 9 });
  });

  test('orders choices and blocks by their numbers, not by their arrival', () => {
    const said = (choice: number, block: number, text: string): ReplyEvent[] => [
      { type: 'block-start', choice, block, start: { kind: 'text' } },
      { type: 'text-delta', choice, block, text },
    ];
    const sum = fold([...said(1, 0, 'c'), ...said(0, 1, 'b'), ...said(0, 0, 'a')]);
    const texts = sum.choices.map(({ index, blocks }) => [
      index,
      ...blocks.map((b) => (b.kind === 'text' ? b.text : '')),
    ]);
    expect(texts).toEqual([
      [0, 'a', 'b'],
      [1, 'c'],
    ]);
  });

  test('throws the error of a reply that failed, since half a reply has no sum', () => {
    const error = new GatewayError('upstream.broke', 'The provider cut its reply short.');
    expect(() =>
      fold([
        { type: 'start', id: 'r', model: 'm' },
        { type: 'error', error },
      ]),
    ).toThrow(error);
  });

  test('passes over a delta of a block that was never opened', () => {
    expect(fold([{ type: 'text-delta', ...at, text: 'lost' }]).choices[0]?.blocks).toEqual([]);
  });
});

/** The same reply, said otherwise: texts in two pieces, and the events of different choices in another order. */
function shuffled(events: readonly ReplyEvent[], random: Iterator<number>): ReplyEvent[] {
  const queues = new Map<number | undefined, ReplyEvent[]>();
  for (const event of events.slice(1, -1)) {
    const choice = 'choice' in event ? event.choice : undefined;
    queues.set(choice, [...(queues.get(choice) ?? []), ...inTwo(event)]);
  }
  const waiting = [...queues.values()];
  const mixed: ReplyEvent[] = [];
  while (waiting.some((queue) => queue.length > 0)) {
    const queue = waiting.filter((one) => one.length > 0);
    const next = queue[(random.next().value as number) % queue.length]?.shift();
    if (next) mixed.push(next);
  }
  return [...events.slice(0, 1), ...mixed, ...events.slice(-1)];
}

function inTwo(event: ReplyEvent): ReplyEvent[] {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return halves(event.text).map((part) => ({ ...event, text: part }));
    case 'tool-input-delta':
      return halves(event.json).map((part) => ({ ...event, json: part }));
    case 'signature-delta':
      return halves(event.signature).map((part) => ({ ...event, signature: part }));
    default:
      return [event];
  }
}

function halves(whole: string): string[] {
  const middle = Math.floor(whole.length / 2);
  return [whole.slice(0, middle), whole.slice(middle)];
}

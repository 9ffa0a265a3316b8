import type { BlockStart, FinishReason, ReplyEvent, Usage } from '../../../src/model/reply.ts';
import type { FeatureGroup } from './request-features.ts';

/** Something that a model may answer: its events, and what of events says it. */
export interface ReplyFeature {
  readonly name: string;
  readonly events: readonly ReplyEvent[];
  /** The same without it; absent means a reply that says nothing special. */
  readonly base?: readonly ReplyEvent[];
  readonly said: (events: readonly ReplyEvent[]) => unknown;
}

const USAGE: Usage = { inputTokens: 40, outputTokens: 20 };

/** A whole reply around some blocks. */
function reply(blocks: readonly ReplyEvent[], reason: FinishReason = 'stop', usage: Usage = USAGE): ReplyEvent[] {
  return [
    { type: 'start', id: 'reply-1', model: 'a-model', createdAtSeconds: 1 },
    ...blocks,
    { type: 'finish', choice: 0, reason },
    { type: 'usage', usage },
    { type: 'end' },
  ];
}

/** A block with what comes in it. */
function block(start: BlockStart, inside: readonly ReplyEvent[], choice = 0, place = 0): ReplyEvent[] {
  return [{ type: 'block-start', choice, block: place, start }, ...inside, { type: 'block-end', choice, block: place }];
}

const text = (words: string, choice = 0, place = 0): ReplyEvent[] =>
  block({ kind: 'text' }, [{ type: 'text-delta', choice, block: place, text: words }], choice, place);

const call = (name: string, place = 0, freeform = false): ReplyEvent[] =>
  block(
    { kind: 'tool-call', id: `call_${place}`, name, ...(freeform ? { freeform } : {}) },
    [{ type: 'tool-input-delta', choice: 0, block: place, json: freeform ? 'at it' : '{"at":"it"}' }],
    0,
    place,
  );

const reasoning = (...signature: readonly ReplyEvent[]): ReplyEvent[] => [
  ...block({ kind: 'reasoning' }, [{ type: 'reasoning-delta', choice: 0, block: 0, text: 'Hm' }, ...signature]),
  ...text('Yes', 0, 1),
];

/** A reply that says nothing special. */
export const PLAIN_REPLY: readonly ReplyEvent[] = reply(text('Yes'));

const joined = (events: readonly ReplyEvent[], type: 'text-delta' | 'reasoning-delta' | 'refusal-delta'): string =>
  events.flatMap((event) => (event.type === type ? event.text : [])).join('');
const textsByChoice = (events: readonly ReplyEvent[]) =>
  events.flatMap((event) => (event.type === 'text-delta' ? [[event.choice, event.text]] : []));
const calls = (events: readonly ReplyEvent[]) => [
  events.flatMap((event) =>
    event.type === 'block-start' && event.start.kind === 'tool-call'
      ? [[event.start.id, event.start.name, event.start.freeform ?? false]]
      : [],
  ),
  events.flatMap((event) => (event.type === 'tool-input-delta' ? event.json : [])).join(''),
];
const reasons = (events: readonly ReplyEvent[]) =>
  events.flatMap((event) => (event.type === 'finish' ? event.reason : []));

function finish(reason: FinishReason, name: string): ReplyFeature {
  const blocks = reason === 'tool-calls' ? call('look') : text('Yes');
  return { name, events: reply(blocks, reason), said: reasons };
}

function usage(name: string, key: Exclude<keyof Usage, 'native'>, more: Partial<Usage> = {}): ReplyFeature {
  const events = reply(text('Yes'), 'stop', { ...USAGE, ...more, [key]: 7 });
  const base = reply(text('Yes'), 'stop', { ...USAGE, ...more });
  return { name, events, base, said: (all) => all.findLast((event) => event.type === 'usage')?.usage[key] };
}

/** All that a model may answer, in the order of the page. */
export const REPLY_FEATURES: readonly FeatureGroup<ReplyFeature>[] = [
  {
    title: 'What is said',
    features: [
      { name: 'text', events: reply(text('Yes, of course')), said: (events) => joined(events, 'text-delta') },
      {
        name: 'several answers (`n`)',
        events: [
          ...reply([...text('Yes'), ...text('No', 1)]).slice(0, -2),
          { type: 'finish', choice: 1, reason: 'stop' },
          { type: 'usage', usage: USAGE },
          { type: 'end' },
        ],
        said: textsByChoice,
      },
      { name: 'tool call', events: reply(call('look'), 'tool-calls'), said: calls },
      {
        name: 'tool calls in parallel',
        events: reply([...call('look'), ...call('hear', 1)], 'tool-calls'),
        said: calls,
      },
      { name: 'tool call with free text', events: reply(call('look', 0, true), 'tool-calls'), said: calls },
      { name: 'reasoning', events: reply(reasoning()), said: (events) => joined(events, 'reasoning-delta') },
      {
        name: 'signature of reasoning',
        base: reply(reasoning()),
        events: reply(reasoning({ type: 'signature-delta', choice: 0, block: 0, signature: 'c2ln' })),
        said: (events) => events.flatMap((event) => (event.type === 'signature-delta' ? event.signature : [])).join(''),
      },
      {
        name: 'encrypted reasoning',
        base: reply(text('Yes', 0, 1)),
        events: reply([...block({ kind: 'redacted-reasoning', data: 'ZW5j' }, []), ...text('Yes', 0, 1)]),
        said: (events) =>
          events.flatMap((event) =>
            event.type === 'block-start' && event.start.kind === 'redacted-reasoning' ? event.start.data : [],
          ),
      },
      {
        name: 'refusal',
        events: reply(
          block({ kind: 'refusal' }, [{ type: 'refusal-delta', choice: 0, block: 0, text: 'No' }]),
          'refusal',
        ),
        said: (events) => joined(events, 'refusal-delta'),
      },
      {
        name: 'citation',
        events: reply(
          block({ kind: 'text' }, [
            { type: 'text-delta', choice: 0, block: 0, text: 'Yes' },
            { type: 'citation', choice: 0, block: 0, citation: { url: 'https://a.example/', title: 'A' } },
          ]),
        ),
        said: (events) =>
          events.flatMap((event) => (event.type === 'citation' ? [[event.citation.url, event.citation.title]] : [])),
      },
      {
        name: '`logprobs`',
        events: reply([
          ...text('Yes'),
          {
            type: 'logprobs',
            choice: 0,
            tokens: [{ token: 'Yes', logprob: -1, bytes: [89, 101, 115], top_logprobs: [] }],
          },
        ]),
        said: (events) =>
          events.flatMap((event) =>
            event.type === 'logprobs' ? event.tokens.map(({ token, logprob }) => [token, logprob]) : [],
          ),
      },
    ],
  },
  {
    title: 'Why it ended',
    features: [
      finish('stop', 'done'),
      finish('length', 'too long'),
      finish('tool-calls', 'wants tools'),
      finish('content-filter', 'filtered'),
      finish('refusal', 'refused'),
      finish('pause', 'paused'),
      {
        name: 'which stop sequence',
        events: reply(text('Yes')).map((event) =>
          event.type === 'finish' ? { ...event, stopSequence: 'END' } : event,
        ),
        said: (events) => events.flatMap((event) => (event.type === 'finish' ? (event.stopSequence ?? []) : [])),
      },
    ],
  },
  {
    title: 'Usage',
    features: [
      usage('input', 'inputTokens'),
      usage('output', 'outputTokens'),
      usage('read from the cache', 'cacheReadTokens'),
      usage('written to the cache', 'cacheWriteTokens'),
      usage('written for an hour', 'cacheWrite1hTokens', { cacheWriteTokens: 9 }),
      usage('reasoning', 'reasoningTokens'),
      usage('sound heard', 'audioInputTokens'),
      usage('sound spoken', 'audioOutputTokens'),
    ],
  },
];

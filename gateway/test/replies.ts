import fc from 'fast-check';
import { type Block, type ChatReply, fold, unfold } from '../src/model/fold.ts';
import type { FinishReason, ReplyEvent } from '../src/model/reply.ts';
import type { DialectId } from '../src/model/request.ts';

/** Words that look like wire, so that nobody finds a field by luck. */
const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    '"model":"x"',
    '{"usage":{}}',
    'data: [DONE]',
    '\n\ndata: {}\n\n',
    '\r',
    '\\',
    '</s>',
    '"finish_reason":"stop"',
  ),
);
const text: fc.Arbitrary<Block> = word.map((said) => ({ kind: 'text', text: said, citations: [] }));
const input = fc.dictionary(word, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }).map((value) => JSON.stringify(value));
const call: fc.Arbitrary<Block> = fc
  .record({ id: fc.stringMatching(/^call_[a-z0-9]{4}$/), name: fc.stringMatching(/^[a-z_]{1,8}$/), input })
  .map((said) => ({ kind: 'tool-call', freeform: false, ...said }));

function idOf(block: Block): string {
  return block.kind === 'tool-call' ? block.id : '';
}

interface Said {
  readonly blocks: readonly Block[];
  readonly finish: FinishReason;
}

const justText: fc.Arbitrary<Said> = fc
  .record({ said: text, finish: fc.constantFrom<FinishReason>('stop', 'length') })
  .map(({ said, finish }) => ({ blocks: [said], finish }));
const textAndCalls: fc.Arbitrary<Said> = fc
  .tuple(fc.option(text), fc.uniqueArray(call, { minLength: 1, maxLength: 3, selector: idOf }))
  .map(([said, calls]) => ({ blocks: [...(said ? [said] : []), ...calls], finish: 'tool-calls' }));
const usageWith = (cachedMax: number) =>
  fc
    .record({ inputTokens: fc.nat(1e6), outputTokens: fc.nat(1e6), cached: fc.nat(cachedMax) })
    .map(({ inputTokens, outputTokens, cached }) => ({
      inputTokens: inputTokens + cached,
      outputTokens,
      cacheReadTokens: cached,
    }));

/** Replies that each of the dialects can say: plain completions know text alone, and Ollama counts no cached tokens. */
export function repliesFor(...speaking: readonly DialectId[]): fc.Arbitrary<ChatReply> {
  const said = speaking.includes('openai-completions') ? justText : fc.oneof(justText, textAndCalls);
  const usage = usageWith(speaking.includes('ollama-chat') ? 0 : 100);
  return fc.record({ said, usage }).map(({ said: { blocks, finish }, usage: tokens }) => ({
    id: 'r-1',
    model: 'upstream-model',
    createdAtSeconds: 1_741_569_952,
    choices: [
      { index: 0, blocks, finish, nativeFinish: undefined, stopSequence: undefined, logprobs: undefined, native: [] },
    ],
    usage: tokens,
    notices: [],
    native: [],
  }));
}

/** What matters to a reader, whatever the dialect: the words, the calls, how it ended and what it took. */
export function gist(events: Iterable<ReplyEvent>): unknown {
  const { choices, usage: tokens } = fold(events);
  return {
    choices: choices.map(({ index, blocks, finish }) => ({
      index,
      finish,
      text: blocks.map((block) => (block.kind === 'text' ? block.text : '')).join(''),
      calls: blocks.flatMap((block) =>
        block.kind === 'tool-call'
          ? [{ name: block.name, id: block.id, input: JSON.parse(block.input) as unknown }]
          : [],
      ),
    })),
    tokens: [tokens?.inputTokens, tokens?.outputTokens, tokens?.cacheReadTokens ?? 0],
  };
}

/** A reply as events, every text and input in pieces of a few characters. */
export function inPieces(reply: ChatReply): ReplyEvent[] {
  return unfold(reply).flatMap((event): ReplyEvent[] => {
    if (event.type === 'text-delta') return chunks(event.text).map((piece) => ({ ...event, text: piece }));
    if (event.type === 'tool-input-delta') return chunks(event.json).map((piece) => ({ ...event, json: piece }));
    return [event];
  });
}

function chunks(whole: string): string[] {
  const letters = Array.from(whole); // by code point: half a character can't be said in UTF-8
  return Array.from({ length: Math.ceil(letters.length / 3) }, (_, at) => letters.slice(at * 3, at * 3 + 3).join(''));
}

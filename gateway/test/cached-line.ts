import { Paraphrases } from '../src/caching/paraphrases.ts';
import { ReplyCache } from '../src/caching/reply-cache.ts';
import { look } from '../src/dialects/look.ts';
import { fold } from '../src/model/fold.ts';
import type { Embedder } from '../src/model/embedder.ts';
import type { ReplyStore } from '../src/model/kept-reply.ts';
import type { Reply, ReplyEvent } from '../src/model/reply.ts';
import type { Turn, TurnRecord } from '../src/model/turn.ts';
import { run } from '../src/pipeline/run.ts';
import type { Trail } from '../src/pipeline/trail.ts';
import { cache, type CacheSettings } from '../src/stages/cache.ts';
import type { Stage } from '../src/stages/contract.ts';
import { MemoryReplies } from '../src/stores/memory-replies.ts';
import { collect, frameList, handTurned, said, sse, trailOf, turn } from './support.ts';

/** A cache as it is by default, once it is on. */
export const CACHE_SETTINGS: CacheSettings = {
  tier: 'canonical',
  scope: 'key',
  models: 'm',
  forwards: [],
  ttlSeconds: 60,
  waitMs: 1000,
  entryBytesMax: 100_000,
  toolCalls: false,
  onlyWhenAsked: false,
  temperatureMax: 0.3,
  timeBound: false,
};

/** Asks a model, or does as if. */
export type Send = (of: Turn, trail: Trail) => Promise<Reply>;
interface World {
  readonly settings?: Partial<CacheSettings>;
  readonly store?: ReplyStore;
  readonly before?: readonly Stage[];
  /** Finds questions by meaning with this one. */
  readonly embedder?: Embedder;
  readonly threshold?: number;
}

/** A line with a cache, whose model is a function. */
export function cachedLine(
  send: Send,
  {
    settings,
    store = new MemoryReplies({ bytesMax: 1e7, entriesMax: 10_000 }),
    before = [],
    embedder,
    threshold = 0.8,
  }: World = {},
) {
  const clock = handTurned();
  const replies = new ReplyCache({ store, deadlines: clock.deadlines, nowMs: clock.nowMs });
  const compared = { threshold, entriesMax: 10_000, embedMs: 500 };
  const paraphrases = embedder && new Paraphrases(compared, { embedder, deadlines: clock.deadlines });
  const stages = [...before, cache({ ...CACHE_SETTINGS, ...settings }, { replies, paraphrases })];
  const asked: Turn[] = [];
  const line = {
    stages,
    send: (of: Turn, trail: Trail) => {
      asked.push(of);
      return send(of, trail);
    },
  };
  const answer = async (overrides: Partial<Turn> = {}) => {
    const { trail, records } = trailOf(turn(overrides), clock.clocks);
    const events = await collect(look(await run(line, trail)));
    return { events, text: wordsOf(events), record: records[0] as TurnRecord };
  };
  return { answer, asked, clock, replies };
}

const wordsOf = (events: readonly ReplyEvent[]) =>
  fold(events)
    .choices.flatMap(({ blocks }) => blocks.map((block) => (block.kind === 'text' ? block.text : `[${block.kind}]`)))
    .join('');

/** A model that says how often it was asked. */
export function counting(): Send {
  let count = 0;
  return () => Promise.resolve(sse(frameList(said('answer ', String((count += 1))))));
}

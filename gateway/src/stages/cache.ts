import { canonicalRequest } from '../caching/canonical-request.ts';
import type { Flight, Landing } from '../caching/flight.ts';
import { type KeepRules, Keeping } from '../caching/keeping.ts';
import { type CacheRules, type PassedOver, passedOver } from '../caching/passed-over.ts';
import { type Answer, meant } from '../caching/meant.ts';
import type { Paraphrases } from '../caching/paraphrases.ts';
import { questionOf } from '../caching/question.ts';
import type { ReplyCache } from '../caching/reply-cache.ts';
import { replay } from '../caching/replay.ts';
import { type KeyGround, requestKey } from '../caching/request-key.ts';
import type { KeptReply } from '../model/kept-reply.ts';
import type { Turn, TurnEnd } from '../model/turn.ts';
import type { Stage, Step } from './contract.ts';

/** What is remembered, for whom and for how long. */
export interface CacheSettings extends CacheRules, KeepRules, KeyGround {
  /** Whether requests must be the same to the letter, or only ask the same question. */
  readonly tier: 'exact' | 'canonical';
  /** 0 keeps answers until there is no room. */
  readonly ttlSeconds: number;
  /** How long one waits for the answer to the same question. */
  readonly waitMs: number;
}

/** What the stage works with. */
export interface CachePorts {
  readonly replies: ReplyCache;
  /** Absent when nothing is found by meaning. */
  readonly paraphrases?: Paraphrases | undefined;
}

/** Answers a request that was answered before, and asks a question that several ask at once only one time. */
export function cache(settings: CacheSettings, { replies, paraphrases }: CachePorts): Stage {
  const bypass = (turn: Turn, why: PassedOver): Step => {
    replies.count('bypass', turn.ask.head.model);
    return { note: { cache: 'bypass', bypassed: why } };
  };
  return {
    name: 'cache',
    async run(turn) {
      const why = passedOver(turn, settings);
      if (why) return bypass(turn, why);
      const request = turn.ask.look();
      const asked = settings.tier === 'exact' ? request : canonicalRequest(request, turn.dialect);
      const key = requestKey(turn, settings, asked);
      if (key === undefined) return bypass(turn, 'numbers');
      const found = await replies.seek(key, turn, settings.waitMs);
      if (found.kept) return answered(found, turn, replies);
      const question = paraphrases && questionOf(turn, settings, request);
      const alike = question && (await meant(question, turn.switches.cache, { replies, paraphrases }));
      if (alike) {
        found.flight?.land({ how: 'kept', ...alike });
        return answered(alike, turn, replies);
      }
      replies.count('miss', turn.ask.head.model);
      const onKept = (): void => question && paraphrases.add(key, question);
      return asking(turn, { key, settings, replies, flight: found.flight, onKept });
    },
  };
}

function answered({ kept, similarity }: Answer, turn: Turn, replies: ReplyCache): Step {
  const use = similarity === undefined ? 'hit' : 'semantic';
  replies.count(use, turn.ask.head.model);
  return {
    answer: replay(kept, turn.id),
    warnings: kept.notices,
    note: { cache: use, ...(similarity === undefined ? {} : { similarity: Math.round(similarity * 1000) / 1000 }) },
  };
}

interface Asked {
  readonly key: string;
  readonly settings: CacheSettings;
  readonly replies: ReplyCache;
  readonly flight: Flight | undefined;
  readonly onKept: () => void;
}

/** Lets the model be asked, and keeps its answer. Whatever happens, those who wait are told. */
function asking(turn: Turn, { key, settings, replies, flight, onKept }: Asked): Step {
  const note = { cache: 'miss' };
  if (turn.switches.cache?.noStore) return { note };
  const keeping = new Keeping(settings);
  return {
    watch: keeping.hear,
    onDone: async (end) => {
      const kept = keptReply(keeping, end, turn, { ttlSeconds: settings.ttlSeconds, nowMs: replies.nowMs });
      try {
        if (kept) await replies.keep(key, kept);
        if (kept) onKept();
      } finally {
        flight?.land(landingOf(kept, end));
      }
    },
    note,
  };
}

function keptReply(
  keeping: Keeping,
  end: TurnEnd,
  { ask, switches }: Turn,
  { ttlSeconds: usual, nowMs }: { readonly ttlSeconds: number; readonly nowMs: number },
): KeptReply | undefined {
  const reply = keeping.kept(end);
  // What two models said, one after the other, is nobody's answer.
  if (!reply || end.attempts.some(({ usage }) => usage)) return undefined;
  const ttlSeconds = switches.cache?.ttlSeconds ?? usual;
  return {
    reply,
    model: ask.head.model,
    notices: end.notices,
    keptAtMs: nowMs,
    ...(ttlSeconds === 0 ? {} : { expiresAtMs: nowMs + ttlSeconds * 1000 }),
  };
}

function landingOf(kept: KeptReply | undefined, { end }: TurnEnd): Landing {
  if (kept) return { how: 'kept', kept };
  return { how: end === 'finished' ? 'unshared' : end };
}

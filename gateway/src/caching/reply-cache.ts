import type { KeptReply, ReplyStore, ReplyStoreState } from '../model/kept-reply.ts';
import type { CacheUse, CacheWish, Turn } from '../model/turn.ts';
import type { Deadlines } from '../model/upstream.ts';
import { Flight } from './flight.ts';
import type { Answer } from './meant.ts';

/** After so many failures of others one asks for oneself. */
const FAILURES_SEEN_MAX = 2;
/** Model names come from callers, so only this many are told apart. */
const MODELS_MAX = 1000;

/** What the cache needs of the world. */
export interface ReplyCachePorts {
  readonly store: ReplyStore;
  readonly deadlines: Deadlines;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
}

/** What was found under a key: an answer, or nothing, and then perhaps a flight that others wait for. */
export type Found = Answer | { readonly kept?: undefined; readonly flight: Flight | undefined };

const NOTHING: Found = { flight: undefined };

/** How often it answered, over all models or for one. */
export interface CacheCounts {
  hits: number;
  semantic: number;
  misses: number;
  bypassed: number;
}

/** Answers that are kept, and questions that are being asked. Lives as long as the gateway, whatever is reloaded. */
export class ReplyCache {
  readonly counts: CacheCounts = { hits: 0, semantic: 0, misses: 0, bypassed: 0 };
  readonly countsByModel = new Map<string, CacheCounts>();
  readonly #ports: ReplyCachePorts;
  readonly #flights = new Map<string, Flight>();

  constructor(ports: ReplyCachePorts) {
    this.#ports = ports;
  }

  get nowMs(): number {
    return this.#ports.nowMs();
  }

  /** Looks for an answer, and waits where the same question is being asked already. Rejects when the caller goes away. */
  async seek(key: string, { cancellation, switches }: Turn, waitMs: number): Promise<Found> {
    const wish = switches.cache ?? {};
    if (wish.noCache) return NOTHING;
    for (let failures = 0; failures < FAILURES_SEEN_MAX; ) {
      const others = this.#flights.get(key);
      if (!others) return this.#look(key, wish);
      const landing = await others.landing(cancellation, this.#ports.deadlines, waitMs);
      if (landing.how === 'kept') return landing;
      if (landing.how === 'unshared' || landing.how === 'late') return NOTHING;
      if (landing.how === 'failed') failures += 1;
    }
    return NOTHING;
  }

  /** Keeps an answer. A store that fails loses it, and nothing else. */
  async keep(key: string, kept: KeptReply): Promise<void> {
    await this.#ports.store.set(key, kept);
  }

  /** An answer that is still good; for those who know its key. */
  async fresh(key: string, { ageSecondsMax }: CacheWish = {}): Promise<KeptReply | undefined> {
    const kept = await this.#ports.store.get(key);
    if (!kept) return undefined;
    const now = this.nowMs;
    if (kept.expiresAtMs !== undefined && kept.expiresAtMs <= now) {
      await this.#ports.store.delete(key);
      return undefined;
    }
    return ageSecondsMax !== undefined && now - kept.keptAtMs > ageSecondsMax * 1000 ? undefined : kept;
  }

  /** Counts a turn. */
  count(use: CacheUse, model: string): void {
    add(this.counts, use);
    let own = this.countsByModel.get(model);
    if (!own && this.countsByModel.size < MODELS_MAX) {
      own = { hits: 0, semantic: 0, misses: 0, bypassed: 0 };
      this.countsByModel.set(model, own);
    }
    if (own) add(own, use);
  }

  /** Forgets everything, or what was asked of one model; gives the number of entries. */
  async clear(model?: string): Promise<number> {
    return this.#ports.store.clear(model);
  }

  /** How full the store is. */
  async state(): Promise<ReplyStoreState> {
    return this.#ports.store.state(this.nowMs);
  }

  /** The flight begins before the store is asked, so that whoever comes meanwhile waits instead of asking as well. */
  async #look(key: string, wish: CacheWish): Promise<Found> {
    const flight = wish.noStore ? undefined : this.#begin(key);
    try {
      const kept = await this.fresh(key, wish);
      if (!kept) return { flight };
      flight?.land({ how: 'kept', kept });
      return { kept };
    } catch {
      // A store out of reach is an empty one.
      return { flight };
    }
  }

  #begin(key: string): Flight {
    const flight = new Flight(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    return flight;
  }
}

function add(counts: CacheCounts, use: CacheUse): void {
  if (use === 'hit') counts.hits += 1;
  else if (use === 'semantic') counts.semantic += 1;
  else if (use === 'miss') counts.misses += 1;
  else counts.bypassed += 1;
}

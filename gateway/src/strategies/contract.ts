import type { StrategyName } from '../model/strategy-name.ts';

/** How a target does right now, as far as strategies care. Times are of the monotonic clock. */
export interface Standing {
  /** Requests that it is answering. */
  readonly inFlight: number;
  readonly requestsThisMinute: (nowMs: number) => number;
  readonly tokensThisMinute: (nowMs: number) => number;
  /** Usual milliseconds to the first output of a stream; `undefined` when nobody knows. */
  readonly firstOutputMs: (nowMs: number) => number | undefined;
  /** Usual milliseconds for one token of output; `undefined` when nobody knows. */
  readonly msPerToken: (nowMs: number) => number | undefined;
}

/** One of the targets that could answer. */
export interface Contender {
  readonly id: string;
  /** Its share of the requests, as the operator wants it. */
  readonly weight: number;
  /** Requests and tokens that it takes in a minute, where the operator said so. */
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly standing: Standing;
  /** What a token of input and one of output cost together, in pico-dollars; `undefined` when nobody knows. */
  readonly costPerToken?: number | undefined;
}

/** What there is to know about the request that is to be placed. */
export interface Question {
  readonly stream: boolean;
  readonly nowMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Tells the beginning of a conversation from others: the same for all turns of it. Costs a look into the request. */
  readonly conversation: () => string;
}

/** A way to choose among targets that could all answer. */
export interface Strategy {
  readonly id: StrategyName;
  /** What it does, in one sentence for the docs. */
  readonly says: string;
  /** All of them, the best first. Changes nothing. */
  readonly order: <T extends Contender>(contenders: readonly T[], question: Question) => readonly T[];
  /** What it knows about one of them, for whoever asks why. */
  readonly why: (contender: Contender, question: Question) => string;
}

/** All of them by chance, the heavier the likelier to be in front. */
export function byChance<T extends Contender>(contenders: readonly T[], { random }: Pick<Question, 'random'>): T[] {
  const weightOf = weighing(contenders);
  return byMark(contenders, (contender) => -lot(weightOf(contender), random()));
}

/** All of them by a number, the lowest first. Each is asked for its number once. */
export function byMark<T extends Contender>(contenders: readonly T[], mark: (contender: T) => number): T[] {
  const marked = contenders.map((contender) => ({ contender, number: mark(contender) }));
  marked.sort((a, b) => (a.number < b.number ? -1 : Number(a.number > b.number)));
  return marked.map(({ contender }) => contender);
}

/** What tells a contender's share: what it takes in a minute, where that is said of all and nobody weighs them, or its weight. */
function weighing(all: readonly Contender[]): (contender: Contender) => number {
  if (all.every(({ weight }) => weight === 1)) {
    if (all.every(({ requestsPerMinute }) => requestsPerMinute !== undefined))
      return ({ requestsPerMinute }) => requestsPerMinute ?? 0;
    if (all.every(({ tokensPerMinute }) => tokensPerMinute !== undefined))
      return ({ tokensPerMinute }) => tokensPerMinute ?? 0;
  }
  return ({ weight }) => weight;
}

/** Efraimidis and Spirakis: sorting by u^(1/w) draws without replacement, in proportion to the weights. */
function lot(weight: number, u: number): number {
  if (weight === 1) return u;
  return weight > 0 ? u ** (1 / weight) : 0;
}

import type { HealthBook } from '../health/health-book.ts';
import type { Rest } from '../health/breaker.ts';
import { GatewayError } from '../model/error.ts';
import type { ModelPrice } from '../model/price.ts';
import type { StrategyName } from '../model/strategy-name.ts';
import type { Turn } from '../model/turn.ts';
import type { Contender, Question, Strategy } from '../strategies/contract.ts';
import { strategies } from '../strategies/index.ts';
import { conversationMark } from './conversation-mark.ts';
import type { Deployment } from './deployment.ts';

/** How the targets of one name are put in order. */
export interface ChooserSettings {
  readonly strategy: StrategyName;
  /** Strategies of single groups, by their names. */
  readonly groupStrategies: Readonly<Record<string, StrategyName>>;
  /** Whether tags of a request decide which targets may answer. */
  readonly tagFiltering: boolean;
}

/** What choosing needs to know of the world. */
export interface ChooserPorts {
  readonly health: HealthBook;
  readonly clockMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly priceOf?: (deployment: Deployment) => ModelPrice | undefined;
}

/** A target, and why it stands where it stands. */
export interface Placed {
  readonly deployment: Deployment;
  /** What the strategy knows of it. */
  readonly why: string;
  /** Why it is left alone for now. */
  readonly rest: Rest | undefined;
  /** The limit per minute that it has reached. */
  readonly overLimit: string | undefined;
}

interface Candidate extends Contender {
  readonly deployment: Deployment;
}

/** The tag of targets that answer requests without one. */
const DEFAULT_TAG = 'default';

/** Puts the targets of a name in order: whose turn it is by `order`, then as the strategy says; those at rest come last. */
export class Chooser {
  readonly #settings: ChooserSettings;
  readonly #ports: ChooserPorts;

  constructor(settings: ChooserSettings, ports: ChooserPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** All that may answer, the best first. Throws `key.forbidden` when none is for the request's tags. */
  order(name: string, all: readonly Deployment[], turn: Turn): readonly Deployment[] {
    const deployments = this.#tagged(name, all, turn);
    if (deployments.length < 2) return deployments;
    return this.#ordered(name, deployments, this.#question(turn)).map(({ deployment }) => deployment);
  }

  /** The same, with the reasons. */
  explain(name: string, all: readonly Deployment[], turn: Turn): readonly Placed[] {
    const question = this.#question(turn);
    const { why } = this.strategyOf(name);
    return this.#ordered(name, this.#tagged(name, all, turn), question).map((candidate) => ({
      deployment: candidate.deployment,
      why: why(candidate, question),
      rest: this.#ports.health.of(candidate.id).breaker.rest(question.nowMs),
      overLimit: overLimit(candidate, question.nowMs),
    }));
  }

  /** How a group's targets are put in order. */
  strategyOf(name: string): Strategy {
    const { strategy, groupStrategies } = this.#settings;
    return strategies[Object.hasOwn(groupStrategies, name) ? (groupStrategies[name] ?? strategy) : strategy];
  }

  #ordered(name: string, deployments: readonly Deployment[], question: Question): Candidate[] {
    const candidates = deployments.map((deployment) => this.#candidate(deployment));
    const ordered = this.strategyOf(name).order(candidates, question);
    const ranked = ordered.map((candidate) => ({ candidate, last: this.#lastness(candidate, question.nowMs) }));
    ranked.sort((a, b) => a.last - b.last || a.candidate.deployment.order - b.candidate.deployment.order);
    return ranked.map(({ candidate }) => candidate);
  }

  /** A target that nobody may ask now is asked after all others, and one that is near its limit before it. */
  #lastness(candidate: Candidate, nowMs: number): number {
    if (this.#ports.health.of(candidate.id).breaker.rest(nowMs)) return 2;
    return overLimit(candidate, nowMs) === undefined ? 0 : 1;
  }

  #candidate(deployment: Deployment): Candidate {
    const { id, weight, requestsPerMinute, tokensPerMinute } = deployment;
    const price = this.#ports.priceOf?.(deployment);
    return {
      deployment,
      id,
      weight,
      requestsPerMinute,
      tokensPerMinute,
      standing: this.#ports.health.of(id),
      costPerToken: price && price.input.base + price.output.base,
    };
  }

  #question(turn: Turn): Question {
    const { random, clockMs } = this.#ports;
    return {
      stream: turn.ask.head.stream,
      nowMs: clockMs(),
      random,
      conversation: () => conversationMark(turn.ask),
    };
  }

  #tagged(name: string, all: readonly Deployment[], { switches }: Turn): readonly Deployment[] {
    if (!this.#settings.tagFiltering) return all;
    const tags = switches.tags ?? [];
    const withTag = (wanted: readonly string[]): readonly Deployment[] =>
      all.filter((deployment) => deployment.tags?.some((tag) => wanted.includes(tag)));
    const meant = withTag(tags);
    if (meant.length > 0) return meant;
    const usual = withTag([DEFAULT_TAG]);
    if (usual.length > 0) return usual;
    const plain = all.filter(({ tags: own = [] }) => own.length === 0);
    if (plain.length > 0) return plain;
    throw new GatewayError('key.forbidden', `No target of the model "${name}" is for requests with these tags.`);
  }
}

function overLimit({ standing, requestsPerMinute, tokensPerMinute }: Contender, nowMs: number): string | undefined {
  if (requestsPerMinute !== undefined && standing.requestsThisMinute(nowMs) >= requestsPerMinute)
    return `${requestsPerMinute} requests a minute`;
  if (tokensPerMinute !== undefined && standing.tokensThisMinute(nowMs) >= tokensPerMinute)
    return `${tokensPerMinute} tokens a minute`;
  return undefined;
}

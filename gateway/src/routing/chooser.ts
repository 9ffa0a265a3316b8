import type { HealthBook } from '../health/health-book.ts';
import type { TargetHealth } from '../health/target-health.ts';
import type { Rest } from '../health/breaker.ts';
import { GatewayError } from '../model/error.ts';
import type { ModelPrice } from '../model/price.ts';
import type { StrategyName } from '../model/strategy-name.ts';
import type { Turn } from '../model/turn.ts';
import { byMark, type Contender, type Question, type Strategy } from '../strategies/contract.ts';
import { strategies } from '../strategies/index.ts';
import { conversationMark } from './conversation-mark.ts';
import type { Deployment } from './deployment.ts';
import { inRegions } from './region.ts';

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
  readonly standing: TargetHealth;
}

/** The candidates of one group, as long as the book of their health keeps its pages. */
interface Lineup {
  readonly candidates: readonly Candidate[];
  readonly forgotten: number;
}

/** The tag of targets that answer requests without one. */
const DEFAULT_TAG = 'default';

/** Puts the targets of a name in order: whose turn it is by `order`, then as the strategy says; those at rest come last. */
export class Chooser {
  readonly #settings: ChooserSettings;
  readonly #ports: ChooserPorts;
  /** Nothing about a group changes but how its targets do. */
  readonly #lineups = new WeakMap<readonly Deployment[], Lineup>();

  constructor(settings: ChooserSettings, ports: ChooserPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** All that may answer, the best first. Throws `key.forbidden` when none is for the request's tags or where it may go. */
  order(name: string, all: readonly Deployment[], turn: Turn): readonly Deployment[] {
    const deployments = this.#meant(name, all, turn);
    if (deployments.length < 2) return deployments;
    return this.#ordered(name, deployments, this.#question(turn)).map(({ deployment }) => deployment);
  }

  /** The same, with the reasons. */
  explain(name: string, all: readonly Deployment[], turn: Turn): readonly Placed[] {
    const question = this.#question(turn);
    const { why } = this.strategyOf(name);
    return this.#ordered(name, this.#meant(name, all, turn), question).map((candidate) => ({
      deployment: candidate.deployment,
      why: why(candidate, question),
      rest: candidate.standing.breaker.rest(question.nowMs),
      overLimit: overLimit(candidate, question.nowMs),
    }));
  }

  /** How a group's targets are put in order. */
  strategyOf(name: string): Strategy {
    const { strategy, groupStrategies } = this.#settings;
    return strategies[Object.hasOwn(groupStrategies, name) ? (groupStrategies[name] ?? strategy) : strategy];
  }

  #ordered(name: string, deployments: readonly Deployment[], question: Question): readonly Candidate[] {
    const candidates = this.#candidates(deployments);
    const ordered = this.strategyOf(name).order(candidates, question);
    const { nowMs } = question;
    const isPlain = candidates.every(
      (candidate) => lastness(candidate, nowMs) === 0 && candidate.deployment.order === candidates[0]?.deployment.order,
    );
    return isPlain ? ordered : byMark(byMark(ordered, orderOf), (candidate) => lastness(candidate, nowMs));
  }

  #candidates(deployments: readonly Deployment[]): readonly Candidate[] {
    const { forgotten } = this.#ports.health;
    const known = this.#lineups.get(deployments);
    if (known?.forgotten === forgotten) return known.candidates;
    const candidates = deployments.map((deployment) => this.#candidate(deployment));
    this.#lineups.set(deployments, { candidates, forgotten });
    return candidates;
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

  #meant(name: string, all: readonly Deployment[], turn: Turn): readonly Deployment[] {
    return this.#tagged(name, inRegions(name, all, turn), turn);
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

/** A target that nobody may ask now is asked after all others, and one that is over its limit before it. */
function lastness(candidate: Candidate, nowMs: number): number {
  if (candidate.standing.breaker.rest(nowMs)) return 2;
  return overLimit(candidate, nowMs) === undefined ? 0 : 1;
}

function orderOf({ deployment }: Candidate): number {
  return deployment.order;
}

function overLimit({ standing, requestsPerMinute, tokensPerMinute }: Contender, nowMs: number): string | undefined {
  if (requestsPerMinute !== undefined && standing.requestsThisMinute(nowMs) >= requestsPerMinute)
    return `${requestsPerMinute} requests a minute`;
  if (tokensPerMinute !== undefined && standing.tokensThisMinute(nowMs) >= tokensPerMinute)
    return `${tokensPerMinute} tokens a minute`;
  return undefined;
}

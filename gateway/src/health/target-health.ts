import type { GatewayError } from '../model/error.ts';
import { Breaker, type BreakerSettings, type Hearing } from './breaker.ts';
import { RecentCount } from './recent-count.ts';

/** Usage limits are set by the minute. */
const MINUTE_SECONDS = 60;
/** How much the newest measurement counts. */
const NEWEST_SHARE = 0.3;
/** After this long without an answer nobody knows any more how fast a target is. */
const PACE_KNOWN_MS = 60_000;
/** A time that ran out counts as if so many tokens had come in it. */
const TIMEOUT_TOKENS = 1;

/** What came of a turn at its target. */
export interface Spent {
  readonly tokens: number;
  readonly outputTokens: number;
  readonly stream: boolean;
  /** To the first output of a stream, or to the whole answer. */
  readonly answeredMs: number;
  readonly durationMs: number;
}

/** How one target does: whether it may be asked, how busy it is, how fast. Times are of the monotonic clock. */
export class TargetHealth {
  readonly breaker: Breaker;
  readonly #requests = new RecentCount(MINUTE_SECONDS);
  readonly #tokens = new RecentCount(MINUTE_SECONDS);
  #inFlight = 0;
  /** Other gateways haven't heard of these yet. */
  #untold = { requests: 0, tokens: 0 };
  #firstOutputMs: number | undefined;
  #msPerToken: number | undefined;
  #pacedAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: () => BreakerSettings) {
    this.breaker = new Breaker(settings);
  }

  /** Requests that are being answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  requestsThisMinute(nowMs: number): number {
    return this.#requests.total(nowMs);
  }

  tokensThisMinute(nowMs: number): number {
    return this.#tokens.total(nowMs);
  }

  /** Usual time to the first output of a stream; `undefined` when nobody knows. */
  firstOutputMs(nowMs: number): number | undefined {
    return nowMs - this.#pacedAtMs > PACE_KNOWN_MS ? undefined : this.#firstOutputMs;
  }

  /** Usual time for one token of output; `undefined` when nobody knows. */
  msPerToken(nowMs: number): number | undefined {
    return nowMs - this.#pacedAtMs > PACE_KNOWN_MS ? undefined : this.#msPerToken;
  }

  /** What was asked and spent since this was last asked for, for other gateways to know. */
  untold(): { readonly requests: number; readonly tokens: number } {
    const { requests, tokens } = this.#untold;
    this.#untold.requests = 0;
    this.#untold.tokens = 0;
    return { requests, tokens };
  }

  /** Other gateways have asked and spent so much of late; it counts as of now. */
  askedElsewhere({ requests, tokens }: { readonly requests: number; readonly tokens: number }, nowMs: number): void {
    this.#requests.add(requests, nowMs);
    this.#tokens.add(tokens, nowMs);
  }

  /** Begins to ask. */
  visit(nowMs: number): Visit {
    const number = this.breaker.admit(nowMs);
    this.#inFlight += 1;
    this.#requests.add(1, nowMs);
    this.#untold.requests += 1;
    return new Visit(this, number, nowMs);
  }

  /** Hears that a visit is over. */
  left(error: GatewayError | undefined, hearing: Hearing): void {
    this.#inFlight -= 1;
    this.breaker.heard(error, hearing);
    if (error?.code !== 'upstream.timeout') return;
    const { begunMs, nowMs } = hearing;
    const ms = nowMs - begunMs;
    this.#firstOutputMs = smoothed(this.firstOutputMs(nowMs), ms);
    this.#msPerToken = smoothed(this.msPerToken(nowMs), ms / TIMEOUT_TOKENS);
    this.#pacedAtMs = nowMs;
  }

  /** Hears how much a turn took, and how long. */
  spent({ tokens, outputTokens, stream, answeredMs, durationMs }: Spent, nowMs: number): void {
    this.#tokens.add(tokens, nowMs);
    this.#untold.tokens += tokens;
    if (outputTokens <= 0) return;
    const writingMs = stream ? Math.max(durationMs - answeredMs, 0) : answeredMs;
    if (stream) this.#firstOutputMs = smoothed(this.firstOutputMs(nowMs), answeredMs);
    this.#msPerToken = smoothed(this.msPerToken(nowMs), writingMs / outputTokens);
    this.#pacedAtMs = nowMs;
  }
}

/** One request at a target. It ends once. */
export class Visit {
  readonly health: TargetHealth;
  readonly begunMs: number;
  readonly #number: number;
  #isOver = false;

  constructor(health: TargetHealth, number: number, begunMs: number) {
    this.health = health;
    this.#number = number;
    this.begunMs = begunMs;
  }

  /** The answer has begun. */
  answered(): void {
    this.health.breaker.begun(this.begunMs);
  }

  /** Ends it: with an error, or answered. `isAlone`: nobody else could answer instead. */
  end(error: GatewayError | undefined, nowMs: number, isAlone = true): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.health.left(error, { number: this.#number, begunMs: this.begunMs, nowMs, isAlone });
  }
}

function smoothed(before: number | undefined, newest: number): number {
  return before === undefined ? newest : before + NEWEST_SHARE * (newest - before);
}

import type { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import { RecentCount } from './recent-count.ts';

/** When a target is left alone, and for how long. */
export interface BreakerSettings {
  readonly enabled: boolean;
  /** So many failures in a row are too many. */
  readonly failuresMax: number;
  /** More than this share of the last minute's answers being failures is too much, once there are enough of them. */
  readonly failedShareMax: number;
  readonly answersMin: number;
  /** The first rest; each further one that a failed probe brings is twice as long, up to the longest. */
  readonly cooldownMs: number;
  readonly cooldownMaxMs: number;
}

/** `closed` lets everything through, `open` nothing, `half-open` one request at a time, to see how it goes. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Why a target rests, and how long it still does, in milliseconds. */
export interface Rest {
  readonly code: ErrorCode;
  readonly leftMs: number;
}

/** Which request it was, when it was let through, when it was over, and whether nobody else could have answered it. */
export interface Hearing {
  /** As `admit` gave it. */
  readonly number: number;
  readonly begunMs: number;
  readonly nowMs: number;
  readonly isAlone: boolean;
}

const SHARE_SECONDS = 60;
/** The longest `retry-after` that a target is left alone for; a provider that says more is asked now and then. */
const RETRY_AFTER_MS_MAX = 3_600_000;
/** A probe that says nothing for this many rests doesn't keep others from trying. */
const PROBE_RESTS = 4;

/** So many attempts of one request tell as much as a few of several. */
const GIVEN_UP_MIN = 3;

/** What share of the requests between the first failure in a row and the last must have failed. */
const ROW_SHARE = 0.5;

/** How an answer looks to a breaker. */
type Verdict = 'fine' | 'failed' | 'spent' | 'nothing';

/**
 * Decides whether one target may be asked: a model at a provider with a key. It also protects a target that has no
 * peers, since everybody is better off with a fast error than with a slow one.
 */
export class Breaker {
  readonly #settings: () => BreakerSettings;
  readonly #fine = new RecentCount(SHARE_SECONDS);
  readonly #failed = new RecentCount(SHARE_SECONDS);
  #inARow = 0;
  /** The first and the last request of that row, by the order in which they were let through. */
  #rowFirst = 0;
  #rowLast = 0;
  #admitted = 0;
  #inFlight = 0;
  #rests = 0;
  #openedAtMs = Number.NEGATIVE_INFINITY;
  #openUntilMs = Number.NEGATIVE_INFINITY;
  #probeUntilMs = Number.NEGATIVE_INFINITY;
  #why: ErrorCode | undefined;

  constructor(settings: () => BreakerSettings) {
    this.#settings = settings;
  }

  /** How it stands at a time of the monotonic clock. */
  state(nowMs: number): BreakerState {
    if (this.#why === undefined || !this.#settings().enabled) return 'closed';
    return nowMs < this.#openUntilMs ? 'open' : 'half-open';
  }

  /** Why nobody may ask now; `undefined` when somebody may. */
  rest(nowMs: number): Rest | undefined {
    if (this.#why === undefined || !this.#settings().enabled) return undefined;
    const leftMs = Math.max(this.#openUntilMs, this.#probeUntilMs) - nowMs;
    return leftMs > 0 ? { code: this.#why, leftMs } : undefined;
  }

  /** How many of the last minute's requests were answered, and how many failed. */
  answers(nowMs: number): { readonly answered: number; readonly failed: number } {
    return { answered: this.#fine.total(nowMs), failed: this.#failed.total(nowMs) };
  }

  /** A request goes to the target; gives its number. After a rest it is a probe: nobody else asks until it is known what comes of it. */
  admit(nowMs: number): number {
    this.#inFlight += 1;
    this.#admitted += 1;
    if (this.#why !== undefined) this.#probeUntilMs = nowMs + PROBE_RESTS * this.#settings().cooldownMs;
    return this.#admitted;
  }

  /** Hears what came of a request; of no error when it was answered. `isAlone`: nobody else could answer instead. */
  heard(error: GatewayError | undefined, { number, begunMs, nowMs, isAlone }: Hearing): void {
    this.#inFlight = Math.max(0, this.#inFlight - 1);
    const verdict = verdictOn(error, isAlone);
    // What was asked before it opened says nothing about how things are now.
    const isLate = this.#why !== undefined && begunMs < this.#openedAtMs;
    if (!isLate) this.#probeUntilMs = Number.NEGATIVE_INFINITY;
    if (verdict === 'nothing') return;
    if (verdict === 'fine') {
      this.#fine.add(1, nowMs);
      if (!isLate) this.#close();
      return;
    }
    this.#failed.add(1, nowMs);
    this.#rowFirst = this.#inARow === 0 ? number : Math.min(this.#rowFirst, number);
    this.#rowLast = this.#inARow === 0 ? number : Math.max(this.#rowLast, number);
    this.#inARow += 1;
    if (!error || isLate || nowMs < this.#openUntilMs) return;
    if (verdict === 'spent' || this.#why !== undefined || this.#isTooMuch(nowMs)) this.#open(error, nowMs);
  }

  /** Hears that an answer has begun to a request that began at `begunMs`: nobody needs to wait for its end. */
  begun(begunMs: number): void {
    if (this.#why !== undefined && begunMs >= this.#openedAtMs) this.#close();
  }

  /**
   * Hears that one request has asked several times in vain, and nobody else had more luck meanwhile: whoever comes next
   * needn't try as often again.
   */
  givenUp(error: GatewayError, nowMs: number, tries: number): void {
    if (tries < GIVEN_UP_MIN || this.#inARow < tries || this.#why !== undefined) return;
    if (verdictOn(error, true) === 'failed') this.#open(error, nowMs);
  }

  /** Until when it is left alone, or was last, and why; `undefined` when it is asked as usual. */
  get opened(): { readonly untilMs: number; readonly code: ErrorCode } | undefined {
    return this.#why === undefined ? undefined : { untilMs: this.#openUntilMs, code: this.#why };
  }

  /** Another gateway has heard that the target is well. */
  closedElsewhere(): void {
    this.#close();
  }

  /** Leaves the target alone until a time that another gateway decided on. */
  openUntil(untilMs: number, code: ErrorCode, nowMs: number): void {
    if (untilMs <= Math.max(nowMs, this.#openUntilMs)) return;
    this.#why = code;
    this.#openedAtMs = nowMs;
    this.#openUntilMs = untilMs;
  }

  #isTooMuch(nowMs: number): boolean {
    const { failuresMax, failedShareMax, answersMin } = this.#settings();
    const failed = this.#failed.total(nowMs);
    const answers = failed + this.#fine.total(nowMs);
    // Where half fail, so many in a row are chance: one more for each doubling of what is asked. And failures come
    // quicker than answers: who was asked between the first and the last of them, and is still on its way, hasn't failed.
    const asked = this.#rowLast - this.#rowFirst + 1;
    const rowMin = Math.max(failuresMax, Math.log2(answers), asked * ROW_SHARE);
    if (this.#inARow >= rowMin) return true;
    return answers >= answersMin && failed > failedShareMax * (answers + this.#inFlight);
  }

  #open(error: GatewayError, nowMs: number): void {
    const { cooldownMs, cooldownMaxMs } = this.#settings();
    const usualMs = Math.max(cooldownMs, Math.min(cooldownMs * 2 ** this.#rests, cooldownMaxMs));
    const askedForMs = Math.min(error.details.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX);
    this.#why = error.code;
    this.#rests = Math.min(this.#rests + 1, 30);
    this.#openedAtMs = nowMs;
    this.#openUntilMs = nowMs + (askedForMs > 0 ? askedForMs : usualMs);
  }

  #close(): void {
    this.#inARow = 0;
    if (this.#why === undefined) return;
    this.#failed.clear();
    this.#why = undefined;
    this.#rests = 0;
    this.#openUntilMs = Number.NEGATIVE_INFINITY;
  }
}

/**
 * What an answer says about its target. A refused key or an exhausted limit is at once a reason to ask others, where
 * there are others; a caller's own mistake shows that the target is alive.
 */
function verdictOn(error: GatewayError | undefined, isAlone: boolean): Verdict {
  if (!error) return 'fine';
  switch (error.code) {
    case 'upstream.rate-limited':
      return !isAlone || error.details.retryAfterMs !== undefined ? 'spent' : 'failed';
    case 'upstream.auth':
      return isAlone ? 'failed' : 'spent';
    case 'upstream.not-found':
      return isAlone ? 'fine' : 'spent';
    case 'upstream.broke':
    case 'upstream.overloaded':
    case 'upstream.timeout':
    case 'upstream.unreachable':
    case 'upstream.bad-response':
      return 'failed';
    case 'upstream.refused':
    case 'upstream.context-window':
    case 'upstream.content-policy':
      return 'fine';
    default:
      return 'nothing';
  }
}

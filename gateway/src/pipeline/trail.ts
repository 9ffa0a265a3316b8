import type { Quota } from '../model/account.ts';
import { ERROR_RULES } from '../model/error-rules.ts';
import { type Cost, costOf, unpriced } from '../model/price.ts';
import type { GatewayError } from '../model/error.ts';
import type { Usage } from '../model/reply.ts';
import { usageRest } from '../model/usage-sum.ts';
import {
  noted,
  type Attempt,
  type CacheUse,
  type Outcome,
  type TrailEntry,
  type Turn,
  type TurnEnd,
  type TurnRecord,
} from '../model/turn.ts';
import type { Stage, Step } from '../stages/contract.ts';

/** Clocks that a trail reads. */
export interface TrailClocks {
  /** Monotonic milliseconds. */
  readonly clockMs: () => number;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
}

const CLOSED = Promise.resolve();

/** What happened to one turn, written down as it happens. Closes once, however the turn ends, and then gives one record. */
export class Trail {
  readonly turn: Turn;
  readonly #clocks: TrailClocks;
  readonly #startedMs: number;
  readonly #startedAt: number;
  readonly #onRecord: (record: TurnRecord) => void;
  readonly #entries: TrailEntry[] = [];
  readonly #attempts: Attempt[] = [];
  readonly #whenOver: ((outcome: Outcome) => void)[] = [];
  readonly #warnings: string[];
  readonly #notices: string[] = [];
  readonly #onDone: NonNullable<Step['onDone']>[] = [];
  #cost: Cost | undefined;
  #quota: Quota | undefined;
  #firstOutputMs: number | undefined;
  #closed = false;

  constructor(turn: Turn, onRecord: (record: TurnRecord) => void, clocks: TrailClocks) {
    this.turn = turn;
    this.#clocks = clocks;
    this.#startedMs = clocks.clockMs();
    this.#startedAt = clocks.nowMs();
    this.#onRecord = onRecord;
    this.#warnings = [...turn.warnings];
  }

  /** The trail of another turn, which this one has brought to an end. */
  beside(turn: Turn): Trail {
    return new Trail(turn, this.#onRecord, this.#clocks);
  }

  /** Lets a stage look at the turn, and notes what it did. */
  async enter(stage: Stage, turn: Turn): Promise<Step> {
    const startedMs = this.#clocks.clockMs();
    const leave = (did: TrailEntry['did'], note?: TrailEntry['note']): void => {
      this.#entries.push({ stage: stage.name, did, ms: this.#clocks.clockMs() - startedMs, note });
    };
    try {
      const step = await stage.run(turn);
      if (step.quota) this.#quota = step.quota;
      leave(step.answer ? 'answered' : step.request ? 'changed' : 'passed', step.note);
      if (step.onDone) this.#onDone.unshift(step.onDone);
      if (step.warnings) this.#warnings.push(...step.warnings);
      return step;
    } catch (thrown) {
      leave('refused');
      throw thrown;
    }
  }

  /** One question was put to one target. */
  readonly attempted = (attempt: Attempt): void => {
    this.#attempts.push(attempt);
  };

  /** The target that was answering broke off after so much, and another goes on. */
  readonly brokeOff = (error: GatewayError, usage: Usage): void => {
    const last = this.#attempts.pop();
    if (last) this.#attempts.push({ ...last, error, usage });
  };

  /** Something the caller should know. */
  readonly noticed = (notice: string): void => {
    this.#notices.push(notice);
    this.#warnings.push(notice);
  };

  /** Somebody wants to hear how the turn ended. */
  readonly whenOver = (hear: (outcome: Outcome) => void): void => {
    this.#whenOver.push(hear);
  };

  /** The reply has begun; the status line of a stream is said from here on. */
  committed(): void {
    this.#firstOutputMs ??= this.#clocks.clockMs() - this.#startedMs;
  }

  /** What the turn takes is known before its end, and so is its cost. */
  foretold(usage: Outcome['usage']): void {
    this.#cost = costFor(this.#won, this.#attempts, usage);
  }

  /** What the stations did so far. */
  get entries(): readonly TrailEntry[] {
    return this.#entries;
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** What the turn cost; known once it is closed or foretold, and absent when no model answered. */
  get cost(): Cost | undefined {
    return this.#cost;
  }

  /** How much the caller may still do, as far as a stage said. */
  get quota(): Quota | undefined {
    return this.#quota;
  }

  /** Milliseconds since the turn began, less the time that providers took. */
  overheadMs(): number {
    // What was asked beside another took no time of its own.
    const upstreamMs = this.#attempts.reduce((sum, { ms, hedge }) => (hedge ? sum : sum + ms), 0);
    return Math.max(0, this.#clocks.clockMs() - this.#startedMs - upstreamMs);
  }

  /** Settles the turn, once. A stage that fails to tidy up is noted, and doesn't stop the others. */
  close(outcome: Outcome): Promise<void> {
    if (this.#closed) return CLOSED;
    this.#closed = true;
    for (const hear of this.#whenOver) hear(outcome);
    this.#cost = costFor(this.#won, this.#attempts, outcome.usage);
    if (this.#onDone.length > 0) return this.#settle(outcome);
    this.#onRecord(this.#record(outcome));
    return CLOSED;
  }

  async #settle(outcome: Outcome): Promise<void> {
    const end: TurnEnd = { ...outcome, attempts: this.#attempts, notices: this.#notices };
    for (const onDone of this.#onDone) await this.#tidyUp(onDone, end);
    this.#onRecord(this.#record(outcome));
  }

  async #tidyUp(onDone: NonNullable<Step['onDone']>, end: TurnEnd): Promise<void> {
    try {
      await onDone(end, this.#cost);
    } catch (thrown) {
      this.#entries.push({ stage: 'close', did: 'refused', ms: 0, note: { thrown: String(thrown) } });
    }
  }

  #record(outcome: Outcome): TurnRecord {
    const { id, caller, dialect, operation, ask, switches } = this.turn;
    const won = this.#won;
    // Written out: spreading an object here costs more than everything else about a record.
    return {
      end: outcome.end,
      usage: outcome.usage,
      usageEstimated: outcome.usageEstimated,
      error: outcome.error,
      blind: outcome.blind,
      turnId: id,
      keyId: caller.keyId,
      userId: caller.userId,
      dialect,
      operation,
      model: ask.head.model,
      stream: ask.head.stream,
      tags: switches.tags ?? [],
      provider: won?.provider,
      upstreamModel: won?.model,
      attempts: this.#attempts,
      trail: this.#entries,
      cache: noted(this.#entries, 'cache') as CacheUse | undefined,
      warnings: this.#warnings,
      startedAt: this.#startedAt,
      durationMs: this.#clocks.clockMs() - this.#startedMs,
      firstOutputMs: this.#firstOutputMs,
      cost: this.#cost,
      status: this.#status(outcome),
      masking: { wish: switches.maskInLogs, key: caller.privacy },
    };
  }

  /** The attempt that answered in the end. */
  get #won(): Attempt | undefined {
    const last = this.#attempts.at(-1);
    return last?.error ? undefined : last;
  }

  #status({ end, error }: Outcome): number {
    if (end === 'cancelled') return ERROR_RULES['request.cancelled'].status;
    const isSaid = this.turn.ask.head.stream && this.#firstOutputMs !== undefined;
    return error && !isSaid ? error.status : 200;
  }
}

/** What an answer cost. Nobody's guess: without a price it counts as nothing, and says so. */
function costFor(won: Attempt | undefined, attempts: readonly Attempt[], usage: Outcome['usage']): Cost | undefined {
  if (!won) return undefined;
  if (!usage) return NO_USAGE;
  const { price } = won;
  if (!price) return NO_PRICE;
  const what = unpriced(usage, price);
  if (what !== undefined) return { nanousd: costOf(usage, price), note: `no price is known for its ${what}` };
  if (attempts.length === 1) return { nanousd: costOf(usage, price) };
  const broken = attempts.filter((attempt) => attempt.usage);
  const own = broken.reduce((rest, attempt) => usageRest(rest, attempt.usage ?? rest), usage);
  const before = broken.reduce((sum, { usage: took, price }) => sum + (took && price ? costOf(took, price) : 0), 0);
  return withOutrun(costOf(own, price) + before, attempts, own);
}

/** A target that was outrun has read the request, and will want to be paid for it; what it wrote, nobody knows. */
function withOutrun(nanousd: number, attempts: readonly Attempt[], { inputTokens }: Usage): Cost {
  const outrun = attempts.flatMap(({ error, price }) => (error?.code === 'upstream.outrun' && price ? price : []));
  if (outrun.length === 0) return { nanousd };
  const read = outrun.reduce((sum, price) => sum + costOf({ inputTokens, outputTokens: 0 }, price), 0);
  return { nanousd: nanousd + read, note: 'with what a target was given to read that was asked beside the other' };
}

const NO_USAGE: Cost = { nanousd: 0, note: 'nobody counted its tokens' };
const NO_PRICE: Cost = { nanousd: 0, note: 'no price is known for its model' };

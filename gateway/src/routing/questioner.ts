import type { Visit } from '../health/target-health.ts';
import { GatewayError } from '../model/error.ts';
import type { Outcome, Turn } from '../model/turn.ts';
import type { AskingWorld } from './asking.ts';
import type { Deployment } from './deployment.ts';
import type { Answered } from './dispatch.ts';
import { type Entrant, type Finish, race } from './race.ts';

/** A question that is on its way to a target. */
export interface Visiting {
  readonly deployment: Deployment;
  readonly visit: Visit;
  readonly fallback: number;
  /** Asked beside another that was slow. */
  readonly hedge?: boolean;
}

/** A target that gave no answer. */
export interface Failed extends Visiting {
  readonly error: GatewayError;
}

/** Nobody who was asked has answered. There is one at least. */
export class Failures {
  readonly failed: readonly Failed[];

  constructor(failed: readonly Failed[]) {
    this.failed = failed;
  }
}

/** When another target is asked beside one that is slow, and which. */
export interface Hedge {
  readonly afterMs: number;
  readonly besides: () => Visiting | undefined;
}

/** Puts a turn's question to targets, and writes down what came of it. */
export class Questioner<Answer> {
  readonly #turn: Turn;
  readonly #world: AskingWorld<Answer>;

  constructor(turn: Turn, world: AskingWorld<Answer>) {
    this.#turn = turn;
    this.#world = world;
  }

  /** Asks one target. */
  once(visiting: Visiting): Promise<Answer | Failures> {
    const { clockMs } = this.#world.ports;
    const startedMs = clockMs();
    return this.#world.ask(visiting.deployment).then(
      (answered) => this.#won(visiting, answered, clockMs() - startedMs),
      (thrown: unknown) => new Failures([this.#lost(visiting, GatewayError.from(thrown), clockMs() - startedMs)]),
    );
  }

  /** Asks another target as well when the first is slow. */
  async raced(first: Visiting, { afterMs, besides }: Hedge): Promise<Answer | Failures> {
    const runners: Visiting[] = [first];
    const entrant = ({ deployment }: Visiting): Entrant<Answered<Answer>> => ({
      ask: (cancellation) => this.#world.ask(deployment, cancellation),
    });
    const second = (): Entrant<Answered<Answer>> | undefined => {
      const other = besides();
      if (other) runners.push(other);
      return other && entrant(other);
    };
    const { cancellation } = this.#turn;
    const { deadlines, clockMs } = this.#world.ports;
    const discard = ({ reply }: Answered<Answer>): void => this.#world.discard?.(reply);
    const finishes = await race(entrant(first), second, { afterMs, cancellation, deadlines, clockMs, discard });
    return this.#result(finishes, runners);
  }

  /** Whoever answered is written down last: the last one of a turn is the one that counts. */
  #result(finishes: readonly Finish<Answered<Answer>>[], runners: readonly Visiting[]): Answer | Failures {
    const failed: Failed[] = [];
    let won: (() => Answer) | undefined;
    for (const { place, result, startedMs, endedMs, release } of finishes) {
      const visiting = runners[place];
      if (!visiting) continue;
      if ('error' in result) failed.push(this.#lost(visiting, result.error, endedMs - startedMs));
      else
        won = () => {
          this.#world.journal.whenOver(release);
          return this.#won(visiting, result.answer, endedMs - startedMs);
        };
    }
    if (!won) return new Failures(failed);
    for (const { visit, error } of failed) visit.end(error, this.#world.ports.clockMs());
    return won();
  }

  #won(visiting: Visiting, { reply, notices }: Answered<Answer>, ms: number): Answer {
    const { visit } = visiting;
    for (const notice of notices) this.#world.journal.noticed(notice);
    visit.answered();
    this.#tell(visiting, ms, undefined);
    this.#world.journal.whenOver((outcome) => this.#over(visit, ms, outcome));
    return reply;
  }

  #lost(visiting: Visiting, error: GatewayError, ms: number): Failed {
    this.#tell(visiting, ms, error);
    return { ...visiting, error };
  }

  #tell({ deployment, fallback, hedge }: Visiting, ms: number, error: GatewayError | undefined): void {
    const isPaidFor = !error || error.code === 'upstream.outrun';
    this.#world.journal.attempted({
      target: deployment.id,
      provider: deployment.provider.id,
      model: deployment.model,
      fallback,
      ms,
      error,
      price: isPaidFor ? this.#world.ports.priceOf?.(deployment) : undefined,
      hedge,
    });
  }

  /** The reply is over, or what was left of it isn't wanted any more. */
  #over(visit: Visit, answeredMs: number, { usage, error }: Outcome): void {
    const nowMs = this.#world.ports.clockMs();
    visit.end(error, nowMs);
    if (!usage) return;
    visit.health.spent(
      {
        tokens: usage.inputTokens + usage.outputTokens,
        outputTokens: usage.outputTokens,
        stream: this.#turn.ask.head.stream,
        answeredMs,
        durationMs: nowMs - visit.begunMs,
      },
      nowMs,
    );
  }
}

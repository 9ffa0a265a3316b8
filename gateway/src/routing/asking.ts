import type { GatewayError } from '../model/error.ts';
import type { Turn } from '../model/turn.ts';
import type { Visit } from '../health/target-health.ts';
import { Backoff } from './backoff.ts';
import { Candidates } from './candidates.ts';
import type { Deployment } from './deployment.ts';
import { Failures, type Hedge, Questioner, type Visiting } from './questioner.ts';
import type { AskOnce, DispatchPorts, DispatchSettings, Journal } from './dispatch.ts';
import type { Stop } from './plan.ts';
import { unavailable } from './unavailable.ts';

/** What one dispatch works with. */
export interface AskingWorld<Answer> {
  readonly ports: DispatchPorts;
  readonly journal: Journal;
  readonly ask: AskOnce<Answer>;
  /** Gets rid of an answer that nobody waits for any more; absent where nobody is asked twice. */
  readonly discard?: ((answer: Answer) => void) | undefined;
}

/** One name to ask, and what is still to come. */
export interface Question {
  readonly stop: Stop;
  /** Which fallback this is; 0 is the model asked for. */
  readonly fallback: number;
  /** Whether others can be asked after such an error. An attempt is kept for them. */
  readonly hasMore: (error: GatewayError) => boolean;
}

/** The state of one dispatch: attempts are counted over all targets. */
export class Asking<Answer> {
  readonly #turn: Turn;
  readonly #settings: DispatchSettings;
  readonly #ports: DispatchPorts;
  readonly #questioner: Questioner<Answer>;
  readonly #mayHedge: boolean;
  #attempts = 0;
  #last: GatewayError | undefined;

  constructor(turn: Turn, settings: DispatchSettings, world: AskingWorld<Answer>) {
    this.#turn = turn;
    this.#settings = settings;
    this.#ports = world.ports;
    this.#questioner = new Questioner(turn, world);
    this.#mayHedge = world.discard !== undefined;
  }

  /** Asks the deployments of one name, with retries. Gives the first failure back when none answers. */
  async ask(question: Question): Promise<Answer | GatewayError> {
    const { stop, fallback } = question;
    const { deployments } = stop;
    const open = new Candidates(deployments);
    let backoff: Backoff | undefined;
    let first: GatewayError | undefined;
    let tries = 0;
    for (;;) {
      const next = open.soonest();
      if (!next || !this.#mayGoOn(first, tries, question)) break;
      const waitMs = next.readyAtMs - this.#ports.clockMs();
      if (first && waitMs > 0) await this.#ports.sleep(waitMs, this.#turn.cancellation);
      open.remove(next);
      const unfit = this.#ports.contextCheck && (await this.#ports.contextCheck(this.#turn, next.deployment));
      if (unfit) {
        first ??= unfit;
        continue;
      }
      if (this.#isResting(next.deployment)) continue;
      if (!this.#isPaidFor()) break;
      tries += 1;
      const visiting = { deployment: next.deployment, visit: this.#visit(next.deployment), fallback };
      const hedge = open.isEmpty ? undefined : this.#hedge(question, open);
      const result = await (hedge ? this.#questioner.raced(visiting, hedge) : this.#questioner.once(visiting));
      if (!(result instanceof Failures)) return result;
      this.#end(result, question);
      for (const { deployment, error } of result.failed) {
        first ??= error;
        if (this.#turn.cancellation.reason || this.#isFinal(error, stop)) return error;
        // One that can't be helped by waiting, or asks for more patience than is allowed, is left out.
        backoff ??= new Backoff(this.#settings, this.#ports.random);
        const againMs = this.#isForSame(error, stop) ? backoff.nextMs(error.details.retryAfterMs) : undefined;
        if (againMs !== undefined) open.again(deployment, this.#ports.clockMs() + againMs);
      }
    }
    if (first) this.#giveUp(deployments, tries);
    return first ?? unavailable(stop, this.#ports);
  }

  #end({ failed }: Failures, { stop, hasMore }: Question): void {
    for (const { deployment, visit, error } of failed) {
      // Somebody at rest can't answer instead, so the last one that is left isn't given up lightly.
      const others = stop.deployments.filter((other) => other !== deployment && !this.#isResting(other));
      visit.end(error, this.#ports.clockMs(), others.length === 0 && !hasMore(error));
      this.#last = error;
    }
  }

  /** Nobody else can answer under this name, so its one target was asked in vain each time. */
  #giveUp([only, ...others]: readonly Deployment[], tries: number): void {
    if (!only || others.length > 0 || !this.#last) return;
    this.#ports.health.of(only.id).breaker.givenUp(this.#last, this.#ports.clockMs(), tries);
  }

  /** Whether the numbers allow another attempt; the last one is kept for whoever is to be asked after these. */
  #mayGoOn(first: GatewayError | undefined, tries: number, { stop, hasMore }: Question): boolean {
    const { attemptsMax, attemptsGrow } = this.#settings;
    const wished = attemptsGrow ? 1 + (this.#turn.switches.retriesMax ?? 0) : 0;
    const left = Math.max(attemptsMax, wished) - this.#attempts;
    if (!first) return left > 0;
    const kept = hasMore(first) ? 1 : 0;
    return left > kept && tries <= this.#retriesMax(first, stop);
  }

  /** How often the same name is asked again after an error of this kind. */
  #retriesMax({ code }: GatewayError, { name, deployments }: Stop): number {
    const policy = this.#settings.retryPolicy?.(name, code);
    return policy ?? this.#turn.switches.retriesMax ?? deployments[0]?.retriesMax ?? this.#settings.retriesMax;
  }

  /** The operator may want what is usually final to be tried again. */
  #isFinal({ rule, code }: GatewayError, { name }: Stop): boolean {
    return rule.retry === 'never' && !this.#settings.retryPolicy?.(name, code);
  }

  #isForSame({ rule, code }: GatewayError, { name }: Stop): boolean {
    return rule.retry === 'same' || Boolean(this.#settings.retryPolicy?.(name, code));
  }

  /** The first attempt is free. Others are paid for, unless it was no failure that made them necessary. */
  #isPaidFor(): boolean {
    const { budget, clockMs } = this.#ports;
    if (this.#attempts === 0) {
      budget.request(clockMs());
      return true;
    }
    return this.#last?.rule.blame === 'caller' || budget.take(this.#settings, clockMs());
  }

  #visit({ id }: Deployment): Visit {
    this.#attempts += 1;
    return this.#ports.health.of(id).visit(this.#ports.clockMs());
  }

  #isResting({ id }: Deployment): boolean {
    return this.#ports.health.of(id).breaker.rest(this.#ports.clockMs()) !== undefined;
  }

  /** Who is asked as well when the first of several targets is slow; `undefined` when nobody is. */
  #hedge({ stop, fallback }: Question, open: Candidates): Hedge | undefined {
    const afterMs = this.#mayHedge ? this.#settings.hedgeAfterMs?.(stop.name) : undefined;
    if (afterMs === undefined) return undefined;
    const besides = (): Visiting | undefined => {
      const { clockMs, budget } = this.#ports;
      const other = open.readyAt(clockMs(), (deployment) => !this.#isResting(deployment));
      const isLeft = this.#attempts < this.#settings.attemptsMax;
      if (!other || !isLeft || !budget.take(this.#settings, clockMs())) return undefined;
      open.remove(other);
      return { deployment: other.deployment, visit: this.#visit(other.deployment), fallback, hedge: true };
    };
    return { afterMs, besides };
  }
}

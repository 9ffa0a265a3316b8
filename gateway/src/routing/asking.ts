import { GatewayError } from '../model/error.ts';
import type { Attempt, Outcome, Turn } from '../model/turn.ts';
import type { Visit } from '../health/target-health.ts';
import { Backoff } from './backoff.ts';
import type { Deployment } from './deployment.ts';
import type { AskOnce, DispatchPorts, DispatchSettings, Journal } from './dispatch.ts';
import type { Stop } from './plan.ts';
import { unavailable } from './unavailable.ts';

/** A deployment that may be asked, and when at the earliest, on the monotonic clock. */
interface Open {
  readonly deployment: Deployment;
  readonly readyAtMs: number;
}

/** What one dispatch works with. */
export interface AskingWorld<Answer> {
  readonly ports: DispatchPorts;
  readonly journal: Journal;
  readonly ask: AskOnce<Answer>;
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
  readonly #journal: Journal;
  readonly #ask: AskOnce<Answer>;
  #attempts = 0;
  #last: GatewayError | undefined;

  constructor(turn: Turn, settings: DispatchSettings, { ports, journal, ask }: AskingWorld<Answer>) {
    this.#turn = turn;
    this.#settings = settings;
    this.#ports = ports;
    this.#journal = journal;
    this.#ask = ask;
  }

  /** Asks the deployments of one name, with retries. Gives the first failure back when none answers. */
  async ask(question: Question): Promise<Answer | GatewayError> {
    const { stop, fallback } = question;
    const { deployments } = stop;
    let open: readonly Open[] = deployments.map((deployment) => ({ deployment, readyAtMs: 0 }));
    let backoff: Backoff | undefined;
    let first: GatewayError | undefined;
    let tries = 0;
    for (;;) {
      const next = soonest(open);
      if (!next || !this.#mayGoOn(first, tries, question)) break;
      const waitMs = next.readyAtMs - this.#ports.clockMs();
      if (first && waitMs > 0) await this.#ports.sleep(waitMs, this.#turn.cancellation);
      open = open.filter((other) => other !== next);
      const unfit = this.#ports.contextCheck && (await this.#ports.contextCheck(this.#turn, next.deployment));
      if (unfit) {
        first ??= unfit;
        continue;
      }
      const health = this.#ports.health.of(next.deployment.id);
      if (health.breaker.rest(this.#ports.clockMs())) continue;
      if (!this.#isPaidFor()) break;
      tries += 1;
      const visit = health.visit(this.#ports.clockMs());
      const result = await this.#once(next.deployment, visit, fallback);
      if (!(result instanceof GatewayError)) return result;
      const isAlone = deployments.length === 1 && !question.hasMore(result);
      visit.end(result, this.#ports.clockMs(), isAlone);
      first ??= result;
      if (this.#turn.cancellation.reason || this.#isFinal(result, stop)) return result;
      // One that can't be helped by waiting, or asks for more patience than is allowed, is left out.
      backoff ??= new Backoff(this.#settings, this.#ports.random);
      const againMs = this.#isForSame(result, stop) ? backoff.nextMs(result.details.retryAfterMs) : undefined;
      if (againMs !== undefined)
        open = [...open, { deployment: next.deployment, readyAtMs: this.#ports.clockMs() + againMs }];
    }
    if (first) this.#giveUp(deployments, tries);
    return first ?? unavailable(stop, this.#ports);
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

  #once(deployment: Deployment, visit: Visit, fallback: number): Promise<Answer | GatewayError> {
    const startedMs = this.#ports.clockMs();
    this.#attempts += 1;
    const tell = (error: GatewayError | undefined): Attempt => {
      const attempt: Attempt = {
        target: deployment.id,
        provider: deployment.provider.id,
        model: deployment.model,
        fallback,
        ms: this.#ports.clockMs() - startedMs,
        error,
        price: error ? undefined : this.#ports.priceOf?.(deployment),
      };
      this.#journal.attempted(attempt);
      return attempt;
    };
    return this.#ask(deployment).then(
      ({ reply, notices }) => {
        for (const notice of notices) this.#journal.noticed(notice);
        visit.answered();
        const { ms } = tell(undefined);
        this.#journal.whenOver((outcome) => this.#over(visit, ms, outcome));
        return reply;
      },
      (thrown: unknown) => {
        const error = GatewayError.from(thrown);
        tell(error);
        this.#last = error;
        return error;
      },
    );
  }

  /** The reply is over, or what was left of it isn't wanted any more. */
  #over(visit: Visit, answeredMs: number, { usage, error }: Outcome): void {
    const nowMs = this.#ports.clockMs();
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

/** The one that may be asked first; of several, the first in the list. */
function soonest(open: readonly Open[]): Open | undefined {
  let [found] = open;
  for (const other of open) if (found && other.readyAtMs < found.readyAtMs) found = other;
  return found;
}

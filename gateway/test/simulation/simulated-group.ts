import { HealthBook } from '../../src/health/health-book.ts';
import { RetryBudget } from '../../src/health/retry-budget.ts';
import { GatewayError } from '../../src/model/error.ts';
import { seededRandom } from '../../src/model/seeded-random.ts';
import type { Outcome, Turn } from '../../src/model/turn.ts';
import { Chooser, type ChooserSettings } from '../../src/routing/chooser.ts';
import { type DispatchSettings, dispatchTo } from '../../src/routing/dispatch.ts';
import type { Deployment } from '../../src/routing/deployment.ts';
import { plan } from '../../src/routing/plan.ts';
import { ATTEMPT_SETTINGS, BREAKER_SETTINGS, deployment, turn } from '../support.ts';
import { VirtualTime } from './virtual-time.ts';

/** How a target answers at some time: how long it takes, and what goes wrong. */
export type Behaviour = (nowMs: number) => { readonly ms: number; readonly error?: GatewayError };

/** A target that is well. */
export const well: Behaviour = () => ({ ms: 100 });

/** A target that is down. */
export const down: Behaviour = () => ({ ms: 20, error: new GatewayError('upstream.broke', 'down', { status: 500 }) });

const SETTINGS: DispatchSettings = {
  ...ATTEMPT_SETTINGS,
  retriesMax: 2,
  attemptsMax: 3,
  backoffMinMs: 500,
  backoffMaxMs: 8000,
  retryAfterMaxMs: 60_000,
  retryBudgetShare: 0.1,
  retryBudgetPerSecondMin: 3,
};

/** A group of targets behind the real router, in a time of its own. */
export class SimulatedGroup {
  readonly time = new VirtualTime();
  readonly health = new HealthBook(BREAKER_SETTINGS);
  /** When each target was asked, by its name. */
  readonly asked = new Map<string, number[]>();
  /** What came of each request, in the order they ended: when it began, and why it failed. */
  readonly ended: { readonly begunMs: number; readonly endedMs: number; readonly error: GatewayError | undefined }[] =
    [];
  readonly #behaviours: Readonly<Record<string, Behaviour>>;
  readonly #deployments: readonly Deployment[];
  readonly #chooser: Chooser;
  readonly #random = seededRandom(20_261_123);
  readonly #budget = new RetryBudget();

  constructor(behaviours: Readonly<Record<string, Behaviour>>, settings: Partial<ChooserSettings> = {}) {
    this.#behaviours = behaviours;
    this.#deployments = Object.keys(behaviours).map((model) => deployment({ id: model, model }));
    this.#chooser = new Chooser(
      { strategy: 'shuffle', groupStrategies: {}, tagFiltering: false, ...settings },
      { health: this.health, clockMs: this.time.now, random: this.#random },
    );
  }

  /** So many requests a second for so many seconds, evenly; `turnAt` says what is asked. */
  async load(perSecond: number, seconds: number, turnAt: (index: number) => Turn = () => turn()): Promise<void> {
    for (let index = 0; index < perSecond * seconds; index += 1)
      void this.time.after((index * 1000) / perSecond).then(() => this.request(turnAt(index)));
    await this.time.run();
  }

  /** One request, as a caller would make it. Gives the target that answered. */
  async request(of: Turn = turn()): Promise<string | undefined> {
    const begunMs = this.time.now();
    const over: ((outcome: Outcome) => void)[] = [];
    const catalog = { names: () => [], deploymentsOf: () => this.#deployments };
    const lists = { fallbacks: {}, defaultFallbacks: [], contextWindowFallbacks: {}, contentPolicyFallbacks: {} };
    let error: GatewayError | undefined;
    let answered: string | undefined;
    try {
      answered = await dispatchTo(of, plan(of, catalog, lists, this.#chooser), SETTINGS, {
        ports: this.#ports(),
        journal: {
          attempted: () => undefined,
          brokeOff: () => undefined,
          noticed: () => undefined,
          whenOver: (hear) => over.push(hear),
        },
        ask: (target) => this.#ask(target),
      });
    } catch (thrown) {
      error = GatewayError.from(thrown);
    }
    const usage = { inputTokens: 100, outputTokens: 10 };
    for (const hear of over) hear({ end: 'finished', usage, usageEstimated: false, error: undefined, blind: false });
    this.ended.push({ begunMs, endedMs: this.time.now(), error });
    return answered;
  }

  /** All questions to all targets. */
  get attempts(): number {
    return [...this.asked.values()].reduce((sum, times) => sum + times.length, 0);
  }

  /** Share of the requests that were answered. */
  get answeredShare(): number {
    return this.ended.filter(({ error }) => !error).length / this.ended.length;
  }

  async #ask({ model }: Deployment) {
    const times = this.asked.get(model) ?? [];
    this.asked.set(model, times);
    times.push(this.time.now());
    const { ms, error } = this.#behaviours[model]?.(this.time.now()) ?? { ms: 0 };
    await this.time.after(ms);
    if (error) throw error;
    return { reply: model, notices: [] };
  }

  #ports() {
    return {
      health: this.health,
      budget: this.#budget,
      clockMs: this.time.now,
      nowMs: this.time.now,
      random: this.#random,
      sleep: (ms: number) => this.time.after(ms),
      transport: () => Promise.reject(new Error('nobody is to be asked')),
      deadlines: () => ({ set: () => undefined, clear: () => undefined }),
    };
  }
}

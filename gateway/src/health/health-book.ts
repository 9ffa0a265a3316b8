import type { BreakerSettings } from './breaker.ts';
import { TargetHealth } from './target-health.ts';

/** Names of models come from callers, so what is known of their targets has an end. */
const TARGETS_MAX = 10_000;

/** How every target does that was ever asked. Outlives a change of the configuration. */
export class HealthBook {
  readonly #targets = new Map<string, TargetHealth>();
  #settings: BreakerSettings;
  #forgotten = 0;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
  }

  /** Other rules from now on. */
  change(settings: BreakerSettings): void {
    this.#settings = settings;
  }

  /** How a target does, by its id. One that nobody knows is as good as any. */
  of(id: string): TargetHealth {
    const known = this.#targets.get(id);
    if (known) return known;
    if (this.#targets.size >= TARGETS_MAX) this.#forget();
    const fresh = new TargetHealth(() => this.#settings);
    this.#targets.set(id, fresh);
    return fresh;
  }

  /** Grows whenever targets were let go of: what was got before may be another's by now. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** All that were asked, by their ids. */
  all(): Iterable<readonly [string, TargetHealth]> {
    return this.#targets;
  }

  /** Lets go of those that nobody asks right now. */
  #forget(): void {
    this.#forgotten += 1;
    for (const [id, { inFlight }] of this.#targets) if (inFlight === 0) this.#targets.delete(id);
  }
}

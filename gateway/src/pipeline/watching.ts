import type { GatewayError } from '../model/error.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { Step } from '../stages/contract.ts';
import type { Meter } from './meter.ts';
import type { Trail } from './trail.ts';

/** Looks at a reply for a stage. */
export type Watch = NonNullable<Step['watch']>;

/** Lets watchers see a reply go by. One that throws by accident sees no more, and the reply goes on. */
export class Watching {
  #watches: readonly Watch[];
  readonly #meter: Meter;
  readonly #trail: Trail;

  constructor(watches: readonly Watch[], meter: Meter, trail: Trail) {
    this.#watches = watches;
    this.#meter = meter;
    this.#trail = trail;
  }

  /** The error that a watcher decided to end the reply with. */
  tell(event: ReplyEvent): GatewayError | undefined {
    for (const watch of this.#watches) {
      const decision = this.#ask(watch, event);
      if (decision) return decision;
    }
    return undefined;
  }

  #ask(watch: Watch, event: ReplyEvent): GatewayError | undefined {
    try {
      return watch(event);
    } catch {
      this.#watches = this.#watches.filter((other) => other !== watch);
      this.#meter.missedByWatcher();
      this.#trail.noticed('the reply could not be watched to its end');
      return undefined;
    }
  }
}

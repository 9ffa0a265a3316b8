import type { GatewayError } from './error.ts';
import type { RosterMember } from './roster.ts';

type Listener = (reason: GatewayError) => void;

/**
 * Says that work is no longer wanted, and why. An AbortController does the same at many times the price, and every turn
 * needs two of them; `signal` makes a real one for those who want it.
 */
export class Cancellation implements RosterMember {
  rosterIndex = -1;
  #reason: GatewayError | undefined;
  #listeners: Listener[] | undefined;
  #aborter: AbortController | undefined;

  /** Why the work is no longer wanted; `undefined` while it is. */
  get reason(): GatewayError | undefined {
    return this.#reason;
  }

  /** Calls everybody who listens, once. A second reason is ignored. */
  readonly cancel = (reason: GatewayError): void => {
    if (this.#reason) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    this.#aborter?.abort(reason);
    if (listeners) for (const listener of listeners) listener(reason);
  };

  /** Calls back on cancellation; at once when that has happened already. */
  on(listener: Listener): void {
    if (this.#reason) listener(this.#reason);
    else (this.#listeners ??= []).push(listener);
  }

  off(listener: Listener): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at !== -1) this.#listeners?.splice(at, 1);
  }

  /** How many listen; 0 when all have tidied up. */
  get listening(): number {
    return this.#listeners?.length ?? 0;
  }

  /** For libraries that want an AbortSignal. */
  get signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.#reason) this.#aborter.abort(this.#reason);
    return this.#aborter.signal;
  }
}

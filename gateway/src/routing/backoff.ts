/** How long to wait between attempts, in milliseconds. */
export interface BackoffSettings {
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** Longest `retry-after` that is waited for. */
  readonly retryAfterMaxMs: number;
}

/** Part of each wait that chance decides, so that many callers don't come back at once. */
const JITTER_SHARE = 0.25;

/** Doubling waits with jitter, or what the provider asked for. */
export class Backoff {
  readonly #settings: BackoffSettings;
  readonly #random: () => number;
  #retries = 0;

  constructor(settings: BackoffSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  /** Milliseconds until the next attempt; `undefined` when the provider asks for more than is waited. */
  nextMs(retryAfterMs: number | undefined): number | undefined {
    if (retryAfterMs !== undefined) return retryAfterMs <= this.#settings.retryAfterMaxMs ? retryAfterMs : undefined;
    const ms = Math.min(this.#settings.backoffMinMs * 2 ** this.#retries, this.#settings.backoffMaxMs);
    this.#retries += 1;
    return Math.round(ms * (1 - JITTER_SHARE * this.#random()));
  }
}

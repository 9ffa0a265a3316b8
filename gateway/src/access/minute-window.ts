import type { Allotment } from '../model/account.ts';

/** Limits hold for a minute that begins with its first request. */
export const WINDOW_MS = 60_000;

/** What one key did within one minute. A turn keeps the one it began in, so that late counts go where they belong. */
export class MinuteWindow {
  readonly #startedMs: number;
  requests = 0;
  tokens = 0;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  isOver(clockMs: number): boolean {
    return clockMs - this.#startedMs >= WINDOW_MS;
  }

  resetMs(clockMs: number): number {
    return Math.max(0, this.#startedMs + WINDOW_MS - clockMs);
  }

  allotment(limit: number, used: number, clockMs: number): Allotment {
    return { limit, remaining: Math.max(0, limit - used), resetMs: this.resetMs(clockMs) };
  }
}

import { Roster, type RosterMember } from '../model/roster.ts';
import type { Deadline, Deadlines } from '../model/upstream.ts';

/** How often the shared clock looks, in milliseconds: the most that a deadline is late. */
const TICK_MS = 50;

class SharedDeadline implements Deadline, RosterMember {
  rosterIndex = -1;
  dueAtMs = Number.POSITIVE_INFINITY;
  readonly onExpired: () => void;
  readonly #clock: SharedClock;

  constructor(onExpired: () => void, clock: SharedClock) {
    this.onExpired = onExpired;
    this.#clock = clock;
  }

  set(ms: number): void {
    if (this.dueAtMs === Number.POSITIVE_INFINITY) this.#clock.waiting.add(this);
    this.dueAtMs = this.#clock.nowMs() + ms;
    this.#clock.wake();
  }

  clear(): void {
    if (this.dueAtMs === Number.POSITIVE_INFINITY) return;
    this.dueAtMs = Number.POSITIVE_INFINITY;
    this.#clock.waiting.delete(this);
  }
}

/** Anything that calls back regularly until stopped; `setInterval` in the program, a hand-turned one in tests. */
export type Ticker = (tick: () => void, everyMs: number) => { readonly stop: () => void };

/** Behind the sockets' turn: what waits in them unread, because the process was held up, must not pass for silence. */
export const intervalTicker: Ticker = (tick, everyMs) => {
  const interval = setInterval(() => setImmediate(tick), everyMs);
  interval.unref();
  return { stop: () => clearInterval(interval) };
};

class SharedClock {
  readonly waiting = new Roster<SharedDeadline>();
  readonly nowMs: () => number;
  readonly #ticker: Ticker;
  #ticking: { readonly stop: () => void } | undefined;

  constructor(nowMs: () => number, ticker: Ticker) {
    this.nowMs = nowMs;
    this.#ticker = ticker;
  }

  wake(): void {
    this.#ticking ??= this.#ticker(() => this.#look(), TICK_MS);
  }

  #look(): void {
    const now = this.nowMs();
    for (const deadline of this.waiting) {
      if (deadline.dueAtMs > now) continue; // also when another one's expiry has just cleared it
      deadline.clear();
      deadline.onExpired();
    }
    if (this.waiting.size > 0) return;
    this.#ticking?.stop();
    this.#ticking = undefined;
  }
}

/**
 * Deadlines that share one clock, since a timer of its own for each phase of each request is dear. Precise to 50 ms,
 * never early.
 */
export function sharedDeadlines(nowMs: () => number, ticker: Ticker = intervalTicker): Deadlines {
  const clock = new SharedClock(nowMs, ticker);
  return (onExpired) => new SharedDeadline(onExpired, clock);
}

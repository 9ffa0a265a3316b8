import { setImmediate as afterMicrotasks } from 'node:timers/promises';

interface Due {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that jumps from one thing that is due to the next, so that hours take as long as what happens in them. */
export class VirtualTime {
  #nowMs = 1_000_000;
  readonly #due: Due[] = [];

  now = (): number => this.#nowMs;

  /** Resolves when so much time has passed here. */
  after(ms: number): Promise<void> {
    return new Promise((wake) => {
      const due = { atMs: this.#nowMs + Math.max(0, ms), wake };
      const at = this.#due.findIndex(({ atMs }) => atMs > due.atMs);
      this.#due.splice(at === -1 ? this.#due.length : at, 0, due);
    });
  }

  /** Lets time pass until nothing is due any more. */
  async run(): Promise<void> {
    await afterMicrotasks();
    for (let due = this.#due.shift(); due; due = this.#due.shift()) {
      this.#nowMs = due.atMs;
      due.wake();
      await afterMicrotasks();
    }
  }
}

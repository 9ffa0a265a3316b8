/** Counts what happened in the last seconds, by whole seconds. Adding costs the same, however much happens. */
export class RecentCount {
  readonly #seconds: Float64Array;
  #second = 0;
  #total = 0;

  constructor(seconds: number) {
    this.#seconds = new Float64Array(seconds);
  }

  /** Counts so many more at a time of the monotonic clock. */
  add(count: number, nowMs: number): void {
    const at = this.#advance(nowMs);
    this.#seconds[at] = (this.#seconds[at] ?? 0) + count;
    this.#total += count;
  }

  /** How many there were in all the seconds, the one that runs included. */
  total(nowMs: number): number {
    this.#advance(nowMs);
    return this.#total;
  }

  /** Begins anew. */
  clear(): void {
    this.#seconds.fill(0);
    this.#total = 0;
  }

  /** How many there were in the second that runs. */
  thisSecond(nowMs: number): number {
    return this.#seconds[this.#advance(nowMs)] ?? 0;
  }

  /** Forgets what is too long ago, and says where the second that runs is counted. */
  #advance(nowMs: number): number {
    const { length } = this.#seconds;
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(second - this.#second, length);
    for (let back = 0; back < passed; back += 1) {
      const at = (second - back) % length;
      this.#total -= this.#seconds[at] ?? 0;
      this.#seconds[at] = 0;
    }
    if (passed > 0) this.#second = second;
    return this.#second % length;
  }
}

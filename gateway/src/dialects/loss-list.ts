import type { Loss } from './contract.ts';

/** Collects what a request asks for and a wire can't say, each thing once. */
export class LossList {
  readonly #kinds = new Map<string, Loss['kind']>();

  /** Losing it changes the price or the comfort. */
  hint(what: string): void {
    if (!this.#kinds.has(what)) this.#kinds.set(what, 'hint');
  }

  /** Losing it changes the answer. */
  parameter(what: string): void {
    this.#kinds.set(what, 'parameter');
  }

  list(): readonly Loss[] {
    return [...this.#kinds].map(([what, kind]) => ({ what, kind }));
  }
}

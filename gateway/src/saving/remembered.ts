import { hash } from 'node:crypto';

/** Keeps the newest of what was learnt, up to a weight; what is asked for counts as new. Keys are digests of texts. */
export class Remembered<T> {
  readonly #weightMax: number;
  readonly #entries = new Map<string, { readonly value: T; readonly weight: number }>();
  #weight = 0;

  constructor(weightMax: number) {
    this.#weightMax = weightMax;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: T, weight: number): void {
    this.#weight += weight - (this.#entries.get(key)?.weight ?? 0);
    this.#entries.delete(key);
    this.#entries.set(key, { value, weight });
    for (const [oldest, { weight: freed }] of this.#entries) {
      if (this.#weight <= this.#weightMax) return;
      this.#entries.delete(oldest);
      this.#weight -= freed;
    }
  }
}

/** Stands for a text, and for what else is named. */
export function digestOf(text: string, ...besides: readonly string[]): string {
  return [...besides, hash('sha256', text, 'base64')].join(' ');
}

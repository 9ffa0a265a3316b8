/** Something that proves who asks, for a while. */
export interface Token {
  readonly text: string;
  /** Unix time in milliseconds. */
  readonly expiresAtMs: number;
}

/** A token is renewed so long before it expires, since clocks differ and requests take time. */
const MARGIN_MS = 5 * 60_000;
const TOKENS_MAX = 100;

/** Keeps tokens until shortly before they expire. Those who want the same one at once wait for one request. */
export class TokenShelf {
  readonly #nowMs: () => number;
  readonly #tokens = new Map<string, Promise<Token>>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The token of that name, made where there is none that is still good. A failure isn't kept. */
  async get(name: string, make: () => Promise<Token>): Promise<string> {
    const known = this.#tokens.get(name);
    if (known) {
      const { text, expiresAtMs } = await known;
      if (expiresAtMs - MARGIN_MS > this.#nowMs()) return text;
      if (this.#tokens.get(name) === known) this.#tokens.delete(name);
    }
    return (await (this.#tokens.get(name) ?? this.#begun(name, make))).text;
  }

  #begun(name: string, make: () => Promise<Token>): Promise<Token> {
    if (this.#tokens.size >= TOKENS_MAX) this.#tokens.clear();
    const making = make();
    this.#tokens.set(name, making);
    making.catch(() => {
      if (this.#tokens.get(name) === making) this.#tokens.delete(name);
    });
    return making;
  }
}

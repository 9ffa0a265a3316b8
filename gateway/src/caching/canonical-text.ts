/** An object by its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Writes values as a text that is the same for equal values, whatever order their fields came in, and for no others:
 * every piece says where it ends. Fields that are `undefined` are left out. It knows when two different values could come
 * out equal: a whole number too large for JavaScript has lost digits already.
 */
export class CanonicalText {
  #text = '';
  #isSure = true;

  /** All that was written; `undefined` when it isn't sure. */
  get text(): string | undefined {
    return this.#isSure ? this.#text : undefined;
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.words(value);
    else if (Array.isArray(value)) this.list(value, this.#any);
    else if (typeof value === 'object' && value !== null) this.#object(value as Fields);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'boolean' || value === null) this.#text += value === null ? '0' : value ? 't' : 'f';
    else this.#isSure = false;
  }

  /** A text: its length, so that nothing in it needs escaping. */
  words(text: string): void {
    this.#text += `"${text.length}:`;
    this.#text += text;
  }

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.#text += `[${items.length}:`;
    for (let at = 0; at < items.length; at += 1) write(items[at] as T);
  }

  /** What is written until `close` belongs together. */
  open(): void {
    this.#text += '{';
  }

  close(): void {
    this.#text += '}';
  }

  readonly #any = (value: unknown): void => this.value(value);

  #object(fields: Fields): void {
    this.open();
    for (const name of Object.keys(fields).sort()) {
      const value = fields[name];
      if (value === undefined) continue;
      this.words(name);
      this.value(value);
    }
    this.close();
  }

  #number(value: number): void {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) this.#isSure = false;
    this.#text += `#${value};`;
  }
}

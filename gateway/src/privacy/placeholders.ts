/** Different private values that one request may hold. */
export const VALUES_MAX = 100_000;

const LOOK_ALIKE = /\b([A-Z]{2,20}(?:_[A-Z]{2,20})?)\\?_(\d{1,6})(?!\d)/gi;

/**
 * Names for private values: `<EMAIL_1>`, numbered as they appear, so that a conversation that grows keeps its names and
 * providers recognise its beginning. A number that the caller's own text uses already is never given, so that nobody can
 * write a name that would be taken for a value.
 */
export class Placeholders {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();
  readonly #byValue = new Map<string, string>();

  /** Keeps the names that a text uses already from being given. */
  reserve(text: string): void {
    if (!text.includes('_')) return;
    for (const [, word = '', number] of text.matchAll(LOOK_ALIKE))
      this.#taken.add(`${word.toUpperCase()}_${Number(number)}`);
  }

  /** The placeholder of a value; the same value has the same one. */
  of(word: string, value: string): string {
    const known = this.#byValue.get(value);
    if (known !== undefined) return known;
    if (this.#byValue.size >= VALUES_MAX) throw new RangeError(`A request may hold ${VALUES_MAX} private values.`);
    let number = this.#next.get(word) ?? 1;
    while (this.#taken.has(`${word}_${number}`)) number += 1;
    this.#next.set(word, number + 1);
    const placeholder = `<${word}_${number}>`;
    this.#byValue.set(value, placeholder);
    return placeholder;
  }

  /** The placeholder of a value that has one already. */
  known(value: string): string | undefined {
    return this.#byValue.get(value);
  }

  /** Values by placeholder. */
  values(): ReadonlyMap<string, string> {
    return new Map([...this.#byValue].map(([value, placeholder]) => [placeholder, value]));
  }
}

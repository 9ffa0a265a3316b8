import type { Replacement } from './values.ts';

const PART_OF_A_WORD = /[\p{L}\p{N}]/u;

/** Finds given values where they stand as whole words. Its time grows with the text, not with the number of values. */
export class KnownValues {
  readonly #placeholders: ReadonlyMap<string, string>;
  /** Longest first. */
  readonly #lengths: readonly number[];
  readonly #firsts: ReadonlySet<number>;

  /** `placeholders` by value. */
  constructor(placeholders: ReadonlyMap<string, string>) {
    this.#placeholders = placeholders;
    const values = [...placeholders.keys()];
    this.#lengths = [...new Set(values.map(({ length }) => length))].sort((a, b) => b - a);
    this.#firsts = new Set(values.map((value) => value.charCodeAt(0)));
  }

  placesIn(text: string): readonly Replacement[] {
    const places: Replacement[] = [];
    if (this.#lengths.length === 0) return places;
    for (let at = 0; at < text.length; at += 1) {
      if (!this.#firsts.has(text.charCodeAt(at)) || PART_OF_A_WORD.test(text.charAt(at - 1))) continue;
      const place = this.#at(text, at);
      if (!place) continue;
      places.push(place);
      at = place.end - 1;
    }
    return places;
  }

  #at(text: string, start: number): Replacement | undefined {
    for (const length of this.#lengths) {
      const end = start + length;
      const by = this.#placeholders.get(text.slice(start, end));
      if (by !== undefined && !PART_OF_A_WORD.test(text.charAt(end))) return { start, end, by };
    }
    return undefined;
  }
}

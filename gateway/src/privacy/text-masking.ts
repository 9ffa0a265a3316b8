import type { Detector } from '../detectors/contract.ts';
import { GatewayError } from '../model/error.ts';
import { KnownValues } from './known-values.ts';
import { Placeholders } from './placeholders.ts';
import { restoredText, textForms } from './restoring.ts';
import { apart, type Replacement, valuesIn, withReplacements } from './values.ts';

/**
 * Masks texts of one conversation as they come, one after another: a value keeps its placeholder, and what it was is only
 * known here. Whoever works between `mask` and `restore` never sees a value.
 */
export class TextMasking {
  readonly #detectors: readonly Detector[];
  readonly #placeholders = new Placeholders();
  /** Placeholders of values that only their context gave away, by value. */
  readonly #lonely = new Map<string, string>();

  constructor(detectors: readonly Detector[]) {
    this.#detectors = detectors;
  }

  /** The text without private values. Throws `privacy.failed`, whose cause stays unsaid, as it may quote them. */
  readonly mask = (text: string): string => {
    try {
      return this.#masked(text);
    } catch (thrown) {
      const kind = thrown instanceof Error ? thrown.name : typeof thrown;
      throw new GatewayError('privacy.failed', `Private data could not be masked (${kind}), so nothing was sent.`);
    }
  };

  /** The text with the values back in it. */
  readonly restore = (text: string): string => restoredText(text, textForms(this.#placeholders.values()), 'text');

  #masked(text: string): string {
    const found = valuesIn(text, 'text', this.#detectors);
    this.#placeholders.reserve(text);
    const named = found.map(({ word, value, start, end }): Replacement => {
      const by = this.#placeholders.of(word, value);
      if (!this.#isFoundAlone(value)) this.#lonely.set(value, by);
      return { start, end, by };
    });
    const repeated = new KnownValues(this.#lonely).placesIn(text);
    return withReplacements(text, 'text', repeated.length === 0 ? named : apart([...named, ...repeated]));
  }

  #isFoundAlone(value: string): boolean {
    return valuesIn(value, 'text', this.#detectors)[0]?.value === value;
  }
}

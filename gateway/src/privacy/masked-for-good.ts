import type { Detector } from '../detectors/contract.ts';
import type { PrivateKind } from '../model/privacy.ts';
import { scan } from './scan.ts';

/** A text without private values, and how many of each kind there were. */
export interface MaskedForGood {
  readonly text: string;
  readonly counts: Readonly<Partial<Record<PrivateKind, number>>>;
}

const NUMBERED = /<([A-Z]{2,20}(?:_[A-Z]{2,20})?)_\d{1,6}>/g;

/**
 * Masks a text so that nothing puts the values back: what stands for them (`<EMAIL>`) has no number, and the placeholders
 * that a request's own masking has put in before lose theirs. They count as the values that they stand for.
 */
export function maskedForGood(text: string, detectors: readonly Detector[]): MaskedForGood {
  const kinds = new Map(detectors.map(({ word, kind }) => [word, kind]));
  const counts = new Map<PrivateKind, number>();
  const unnamed = (word: string): string | undefined => {
    const kind = kinds.get(word);
    if (kind === undefined) return undefined;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return `<${word}>`;
  };
  let masked = '';
  let from = 0;
  const kept = (until: number): string =>
    text.slice(from, until).replaceAll(NUMBERED, (placeholder, word: string) => unnamed(word) ?? placeholder);
  for (const { start, end, word } of scan(text, detectors)) {
    masked += kept(start) + (unnamed(word) ?? '');
    from = end;
  }
  masked += kept(text.length);
  return { text: masked, counts: Object.fromEntries(counts) };
}

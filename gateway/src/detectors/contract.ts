/**
 * A detector finds one kind of private data in a text. It is a pure function whose time grows with the length of the
 * text and no faster: repeats in its patterns are bounded, and what a pattern can't decide (a checksum, a numbering plan)
 * is decided by a validator on the few candidates. To write one, copy the smallest peer, add it to `index.ts` and its
 * kind to `model/privacy.ts`; the suite over `index.ts` asks for examples and counter-examples.
 */
import { everyMatch } from '../model/every-match.ts';
import type { PrivateKind } from '../model/privacy.ts';

/** A piece of a text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds one kind of private data. */
export interface Detector {
  readonly kind: PrivateKind;
  /** What stands for a found value, e.g. `EMAIL` for `<EMAIL_1>`: capitals and underscores. */
  readonly word: string;
  /** What a text must have for this detector to be asked at all; see `traitsOf`. */
  readonly needs: number;
  readonly find: (text: string) => readonly Span[];
}

/** What a text has, as bits: the cheap look that comes before all detectors. */
export const TRAIT = { any: 0, at: 1, digit: 2, colon: 4, dash: 8 } as const;

const TRAIT_OF_CODE = new Uint8Array(128);
TRAIT_OF_CODE['@'.charCodeAt(0)] = TRAIT.at;
TRAIT_OF_CODE[':'.charCodeAt(0)] = TRAIT.colon;
TRAIT_OF_CODE['-'.charCodeAt(0)] = TRAIT.dash;
for (const digit of '0123456789') TRAIT_OF_CODE[digit.charCodeAt(0)] = TRAIT.digit;
const ALL_TRAITS = TRAIT.at | TRAIT.digit | TRAIT.colon | TRAIT.dash;

/** Which traits a text has, in one pass that ends as soon as it has them all. */
export function traitsOf(text: string): number {
  let traits = 0;
  for (let at = 0; at < text.length && traits !== ALL_TRAITS; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128) traits |= TRAIT_OF_CODE[code] ?? 0;
  }
  return traits;
}

/** All matches of a global pattern that hold up to a closer look. */
export function matches(
  text: string,
  pattern: RegExp,
  holds: (match: RegExpExecArray) => boolean = () => true,
): readonly Span[] {
  const spans: Span[] = [];
  for (const match of everyMatch(text, pattern)) {
    if (holds(match)) spans.push({ start: match.index, end: match.index + match[0].length });
  }
  return spans;
}

/** Whether the words shortly before a place match a pattern, which should end in `$`. */
export function comesAfter(text: string, at: number, pattern: RegExp, distance = 40): boolean {
  return pattern.test(text.slice(Math.max(0, at - distance), at));
}

/** How a value is found behind the word that announces it. */
export interface Announced {
  /** The announcing word, global. */
  readonly word: RegExp;
  /** The value, global. The first match that holds is taken. */
  readonly value: RegExp;
  readonly holds?: (value: string) => boolean;
  /** How far behind the word the value may begin. */
  readonly distance: number;
}

const VALUE_LENGTH_MAX = 64;

/** Values that are private only because of the word before them. */
export function announced(text: string, { word, value, holds = () => true, distance }: Announced): readonly Span[] {
  const spans: Span[] = [];
  for (const { 0: said, index } of everyMatch(text, word)) {
    const from = index + said.length;
    const window = text.slice(from, from + distance + VALUE_LENGTH_MAX);
    for (const found of everyMatch(window, value)) {
      if (found.index > distance || window.slice(0, found.index).includes('\n\n')) break;
      if (!holds(found[0])) continue;
      spans.push({ start: from + found.index, end: from + found.index + found[0].length });
      break;
    }
  }
  return spans;
}

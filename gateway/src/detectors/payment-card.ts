import { everyMatch } from '../model/every-match.ts';
import { type Detector, type Span, TRAIT } from './contract.ts';

const CANDIDATE = /(?<![\w.+-])\d(?:[ -]?\d){12,22}(?![\w-]|\.\d)/g;

/** The numbers that issuers give out: first digits, and how many there are. https://en.wikipedia.org/wiki/Payment_card_number */
const ISSUERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|65|64[4-9]|622)/, [16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(?:30[0-5]|3095|36|3[89])/, [14, 16, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|6[0-9])/, [16, 18, 19]],
];
const GROUPINGS: ReadonlySet<string> = new Set(['4444', '44441', '44442', '44443', '465', '464', '4447', '88']);

/** Payment cards: an issuer's first digits, the right length, the right check digit. */
export const paymentCard: Detector = {
  kind: 'card',
  word: 'CARD',
  needs: TRAIT.digit,
  find: (text) => everyMatch(text, CANDIDATE).flatMap(({ 0: run, index }) => cardIn(run, index)),
};

/** Other numbers may stand right before or behind, so every run of whole groups is tried, the longest first. */
function cardIn(run: string, index: number): readonly Span[] {
  const groups = [...run.matchAll(/\d+/g)];
  for (let count = groups.length; count > 0; count -= 1) {
    for (let first = 0; first + count <= groups.length; first += 1) {
      const taken = groups.slice(first, first + count);
      if (!isCard(taken.map(([digits]) => digits))) continue;
      const last = taken[count - 1];
      return [{ start: index + (taken[0]?.index ?? 0), end: index + (last?.index ?? 0) + (last?.[0].length ?? 0) }];
    }
  }
  return [];
}

function isCard(groups: readonly string[]): boolean {
  const digits = groups.join('');
  if (groups.length > 1 && !GROUPINGS.has(groups.map(({ length }) => length).join(''))) return false;
  if (!ISSUERS.some(([first, lengths]) => lengths.includes(digits.length) && first.test(digits))) return false;
  return isLuhn(digits) && !/^(\d)\1+$/.test(digits);
}

/** Whether the last digit is the check digit of the others (ISO/IEC 7812). */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, isDoubled = false; at >= 0; at -= 1, isDoubled = !isDoubled) {
    const digit = (digits.charCodeAt(at) - 48) * (isDoubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

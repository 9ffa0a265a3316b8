import { everyMatch } from '../model/every-match.ts';
import { countrySpecs, isValidIBAN } from 'ibantools';
import { type Detector, type Span, TRAIT } from './contract.ts';

const START = /(?<![A-Za-z0-9])[A-Z]{2}\d\d(?=[ -]?[A-Z0-9])/gi;
const LENGTH_MAX = 34;
const SEPARATORS_MAX = 10;

/** Bank accounts: a country's own length and form, and the right check digits. */
export const iban: Detector = {
  kind: 'iban',
  word: 'IBAN',
  needs: TRAIT.digit,
  find(text) {
    const spans: Span[] = [];
    for (const { 0: said, index } of everyMatch(text, START)) {
      const country = said.slice(0, 2).toUpperCase();
      const length = Object.hasOwn(countrySpecs, country) ? countrySpecs[country]?.chars : undefined;
      const end = typeof length === 'number' ? accountEnd(text, index, length) : undefined;
      if (end !== undefined) spans.push({ start: index, end });
    }
    return spans;
  },
};

function accountEnd(text: string, start: number, length: number): number | undefined {
  let account = '';
  let at = start;
  const stop = Math.min(text.length, start + LENGTH_MAX + SEPARATORS_MAX);
  while (at < stop && account.length < length) {
    const letter = text.charAt(at);
    if (/[A-Za-z0-9]/.test(letter)) account += letter;
    else if (letter !== ' ' && letter !== '-') return undefined;
    at += 1;
  }
  const isWhole = account.length === length && !/[A-Za-z0-9]/.test(text.charAt(at));
  return isWhole && isValidIBAN(account.toUpperCase()) ? at : undefined;
}

import { everyMatch } from '../model/every-match.ts';
import type * as NumberingPlans from 'libphonenumber-js/max';
import { createRequire } from 'node:module';
import { announced, comesAfter, type Detector, matches, type Span, TRAIT } from './contract.ts';

const DIGITS_MIN = 7;
const DIGITS_MAX = 15;
const INTERNATIONAL = /(?<![\w+.])\+\(?\d[\d ().\-/]{5,24}/g;
const NATIONAL =
  /(?<![\w.+-])(?:1[-. ])?(?:\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}-\d{3}-\d{4}|\d{3}\.\d{3}\.\d{4}|\d{3} \d{3} \d{4})(?: ?(?:x|ext\.?) ?\d{1,6})?(?![\w-]|\.\d)/g;
const ANNOUNCING =
  /(?<![A-Za-z])(?:(?:tele|mobile |cell |home |work |i)?phone|telephone|tel|mobile|cell|fax|call|dial|ring|contact|whatsapp|sms|text|telefon|handy|t[eé]l[eé]phone|tel[eé]fono)(?:[ _-]?(?:number|num|no|nr))?\.?(?:(?: me| us| him| her| them)?(?: at| on| is| under)?[\s:=#"'*_.]{1,6})/gi;
const ANNOUNCED = /^\+?\(?\d[\d ().\-/]{5,22}\d/g;
const PRECEDED = /(?:phone|tel|mobile|cell|fax|call|dial|contact|whatsapp|sms|text)[^\n\d]{0,24}$/i;

/** Phone numbers: international ones anywhere, those of North America as they are usually written, others where a word announces them. */
export const phone: Detector = {
  kind: 'phone',
  word: 'PHONE',
  needs: TRAIT.digit,
  find: (text) => [
    ...international(text),
    ...matches(text, NATIONAL, ({ 0: number, index }) => isNational(text, number, index)),
    ...announced(text, { word: ANNOUNCING, value: ANNOUNCED, holds: isAnnounced, distance: 0 }),
  ],
};

function international(text: string): readonly Span[] {
  if (!text.includes('+')) return [];
  const spans: Span[] = [];
  for (const { 0: candidate, index } of everyMatch(text, INTERNATIONAL)) {
    const number = longestNumber(candidate);
    if (number !== undefined && !/\d/.test(text.charAt(index + number.length)))
      spans.push({ start: index, end: index + number.length });
  }
  return spans;
}

/** More digits may follow that belong to something else, so groups are taken away until a number is left. */
function longestNumber(candidate: string): string | undefined {
  let rest = (candidate.split(/ [-/]\d/, 1)[0] ?? '').replace(/\D+$/, ''); // "+352 -1056" are two numbers
  while (digitsIn(rest) >= DIGITS_MIN) {
    if (digitsIn(rest) <= DIGITS_MAX && isInternational(rest)) return rest;
    const shorter = rest.replace(/\d+$/, '').replace(/[^\d]+$/, '');
    if (shorter === rest) return undefined;
    rest = shorter;
  }
  return undefined;
}

/** Groups show that a number is meant for people; a bare run of digits must exist in the numbering plan. */
function isInternational(candidate: string): boolean {
  const number = numbering().parsePhoneNumberFromString(candidate);
  if (!number) return false;
  return /\d[ ().\-/]+\d/.test(candidate) ? number.isPossible() : number.isValid();
}

let plans: typeof NumberingPlans | undefined;

/** The numbering plans of the world, loaded when the first number is judged: many gateways mask nothing. */
function numbering(): typeof NumberingPlans {
  plans ??= createRequire(import.meta.url)('libphonenumber-js/max') as typeof NumberingPlans;
  return plans;
}

/** Numbers with mere spaces look like any columns of numbers, and area codes never begin with 0 or 1. */
function isNational(text: string, number: string, at: number): boolean {
  if (comesAfter(text, at, PRECEDED)) return true;
  if (!/^(?:1[-. ])?\(?[2-9]/.test(number)) return false;
  return /[-.()]/.test(number);
}

/** Behind a word such as "call", ten bare digits or seven in groups. */
function isAnnounced(value: string): boolean {
  const digits = digitsIn(value);
  if (/^\d+$/.test(value)) return digits >= 10 && digits <= 13;
  return digits >= DIGITS_MIN && digits <= DIGITS_MAX && !/^\d{4}-\d\d-\d\d/.test(value);
}

function digitsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) count += 1;
  }
  return count;
}

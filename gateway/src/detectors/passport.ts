import { announced, type Detector, TRAIT } from './contract.ts';

const ANNOUNCING = /passport|reisepass|passeport|pasaporte/gi;
const NUMBER = /(?<![A-Za-z0-9])[A-Z0-9]{6,10}(?![A-Za-z0-9])/g;

/** Passport numbers. They have no form of their own, so only a word before them tells. */
export const passport: Detector = {
  kind: 'passport',
  word: 'PASSPORT',
  needs: TRAIT.digit,
  find: (text) =>
    announced(text, {
      word: ANNOUNCING,
      value: NUMBER,
      holds: (value) => value.replace(/\D/g, '').length >= 4,
      distance: 32,
    }),
};

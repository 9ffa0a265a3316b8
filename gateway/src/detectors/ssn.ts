import { announced, comesAfter, type Detector, matches, TRAIT } from './contract.ts';

const GROUPED = /(?<![\w.-])(?!000|666|9)\d{3}([- ])(?!00)\d\d\1(?!0000)\d{4}(?![\w-]|\.\d)/g;
const ANNOUNCING = /(?<![A-Za-z])ssn(?![A-Za-z])|social[ _-]?security(?:[ _-]?(?:number|no))?/gi;
const BARE = /(?<!\d)(?!000|666|9)\d{9}(?!\d)/g;
const PRECEDED = /(?:ssn|social[ _-]?security)[^\n]{0,24}$/i;

/** Social security numbers of the USA: with dashes anywhere, in other forms only where they are announced. */
export const ssn: Detector = {
  kind: 'ssn',
  word: 'SSN',
  needs: TRAIT.digit,
  find: (text) => [
    ...matches(text, GROUPED, ({ 1: separator, index }) => separator === '-' || comesAfter(text, index, PRECEDED)),
    ...announced(text, { word: ANNOUNCING, value: BARE, distance: 20 }),
  ],
};

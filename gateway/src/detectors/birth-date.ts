import { announced, type Detector, TRAIT } from './contract.ts';

const ANNOUNCING =
  /date[ _-]?of[ _-]?birth|birth[ _-]?da(?:te|y)|(?<![A-Za-z])(?:d\.o\.b\.?|dob|born)(?![A-Za-z])|geburtsdatum|geboren|date de naissance|fecha de nacimiento/gi;
const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const DATE = new RegExp(
  [
    String.raw`(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)`,
    String.raw`(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)(?!\d)`,
    String.raw`\b${MONTH}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}(?!\d)`,
    String.raw`(?<!\d)\d{1,2}(?:st|nd|rd|th|\.)? (?:of )?${MONTH}\.?,? \d{4}(?!\d)`,
  ].join('|'),
  'gi',
);

/** Dates of birth. Other dates are nobody's secret, so only a word before them tells. */
export const birthDate: Detector = {
  kind: 'birth-date',
  word: 'BIRTH_DATE',
  needs: TRAIT.digit,
  find: (text) => announced(text, { word: ANNOUNCING, value: DATE, distance: 24 }),
};

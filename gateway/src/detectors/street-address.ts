import { type Detector, matches, TRAIT } from './contract.ts';

const NAME = "[A-Z][A-Za-z'’-]{1,24}";
const KIND =
  '(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Court|Ct|Way|Place|Pl|Terrace|Ter|Square|Sq|Parkway|Pkwy|Circle|Cir|Highway|Hwy)';
const UNIT = '(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Floor|#)\\.? ?[A-Za-z0-9-]{1,8})?';
const CITY = "(?:,? [A-Z][A-Za-z'’.-]{1,24}(?: [A-Z][A-Za-z'’.-]{1,24}){0,2})?";
const STATE = '(?:,? [A-Z]{2} \\d{5}(?:-\\d{4})?)';
const ADDRESS = new RegExp(
  `(?<![\\w.,:/#-])\\d{1,5}[A-Za-z]? (?:[NSEW]\\.? |North |South |East |West )?(?:${NAME}|\\d{1,3}(?:st|nd|rd|th))(?: ${NAME}){0,3}? ${KIND}\\b\\.?${UNIT}(?:${CITY}${STATE})?`,
  'g',
);

/** Street addresses as they are written in the USA: number, name in capitals, kind of street. */
export const streetAddress: Detector = {
  kind: 'address',
  word: 'ADDRESS',
  needs: TRAIT.digit,
  find: (text) => matches(text, ADDRESS),
};

import { HOW_TO, IDLE, LEADS, SYNONYMS, WHAT_IS, YES_OR_NO } from './meaning-words.ts';
import { isStructured, plainQuestion } from './plain-question.ts';

const CHARACTERS_MAX = 400;
/** A shorter question is too little to be sure of. */
const WORDS_MIN = 3;

/**
 * What a question asks, in a form in which two questions are equal only when nothing that may matter differs: numbers,
 * names, units, negations, order, tense, size of letters, and every word that isn't known to say the same. `undefined` for
 * what isn't one plain question: code, quotations, lists, long texts.
 */
export function meaningOf(text: string): string | undefined {
  if (text.length > CHARACTERS_MAX || isStructured(text)) return undefined;
  const words = led(plainQuestion(text)).match(WORD) ?? [];
  if (words.length < WORDS_MIN) return undefined;
  const asked = withoutOwners(words).map(plainWord);
  const kind = YES_OR_NO.has(asked[0] ?? '') ? ['?'] : [];
  return [...kind, ...asked.filter((word) => !IDLE.has(word))].join(' ');
}

const WORD = /[\p{L}\p{M}\p{N}]+(?:[.,'’-][\p{L}\p{M}\p{N}]+)*|[^\s]/gu;

/** Different beginnings of the same question become the same one. */
function led(text: string): string {
  let rest = text;
  for (const lead of LEADS) rest = rest.replace(lead, '');
  for (const what of WHAT_IS) rest = rest.replace(what, 'what ');
  for (const how of HOW_TO) rest = rest.replace(how, 'how to ');
  return /^(?:explain|describe) /i.test(rest) ? rest.replace(/ to me$/i, '') : rest;
}

/** `France's capital` is `the capital of France`. */
function withoutOwners(words: readonly string[]): readonly string[] {
  const owned: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    if (!/['’]s$/.test(word) || next === undefined) owned.push(word);
    else {
      owned.push('the', next, 'of', word.slice(0, -2));
      at += 1;
    }
  }
  return owned;
}

/** Only words that are small already are looked up: a Movie may be a name. */
function plainWord(word: string): string {
  return SYNONYMS.get(word) ?? word;
}

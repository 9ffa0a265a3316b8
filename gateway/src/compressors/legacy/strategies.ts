import { gunzipSync, gzipSync } from 'node:zlib';
import { ABBREVIATIONS, FUNCTION_WORDS, PHRASES, SYMBOLS } from './vocabulary.ts';

/** Rewrites a text. */
type Rewrite = (text: string) => string;

const WORD_CHARS_MIN = 4;
const CHUNK_CHARS = 50;
const LINE_CHARS_MAX = 30;
const PACKED_MARK = 'gz:';
/** A packed text may be a trap that unpacks to anything. */
const UNPACKED_BYTES_MAX = 2_000_000;

/** Every run of blanks becomes one space. */
export const basic: Rewrite = (text) => text.trim().replace(/\s+/gu, ' ');

const shortOf = new Map(ABBREVIATIONS);
const LONG_WORDS = wholeWords(
  ABBREVIATIONS.map(([long]) => long),
  'giu',
);

/** Words become their abbreviations, always in lower case. */
export const abbreviation: Rewrite = (text) =>
  text.replace(LONG_WORDS, (word) => shortOf.get(word.toLowerCase()) ?? word);

const longOf = new Map(ABBREVIATIONS.map(([long, short]) => [short, long]));
const SHORT_WORDS = wholeWords(
  ABBREVIATIONS.map(([, short]) => short).filter((short) => /^\w+$/.test(short)),
  'gu',
);

/** Abbreviations become words again, also those that were the author's own. */
export const unabbreviated: Rewrite = (text) => text.replace(SHORT_WORDS, (word) => longOf.get(word) ?? word);

/** Words lose their vowels but the first. */
export const vowel: Rewrite = (text) =>
  text.replace(/[\p{L}\p{N}_]+/gu, (word) => {
    if (word.length < WORD_CHARS_MIN || FUNCTION_WORDS.has(word.toLowerCase())) return word;
    const first = word.search(/[aeiou]/i);
    return word.slice(0, first + 1) + word.slice(first + 1).replace(/[aeiou]/gi, '');
  });

const symbolOf = new Map(SYMBOLS.flatMap(([symbol, words]) => words.map((word) => [word, symbol] as const)));
const SYMBOL_WORDS = wholeWords([...symbolOf.keys()], 'gu');

/** Twenty-three words become five symbols. */
export const symbol: Rewrite = (text) => text.replace(SYMBOL_WORDS, (word) => symbolOf.get(word) ?? word);

/** Symbols become the first of their words, whatever was there before. */
export const unsymbolised: Rewrite = (text) =>
  SYMBOLS.reduce((so, [mark, [word = '']]) => so.replaceAll(mark, word), text);

const PHRASE_RULES = PHRASES.map(([written, phrases]) => [wholeWords(phrases, 'gu'), written] as const);

/** Phrases become symbols, and all is broken into lines of thirty characters. */
export const logarithmic: Rewrite = (text) =>
  chunks(text)
    .map((chunk) => lines(PHRASE_RULES.reduce((so, [phrase, written]) => so.replace(phrase, () => written), chunk)))
    .join('\n');

/** Packed, and written so that it is text. No model can read it. */
export const gzip: Rewrite = (text) => PACKED_MARK + gzipSync(text, { level: 9 }).toString('base64');

/** What was packed, or the text itself. */
export const unpacked: Rewrite = (text) => {
  if (!text.startsWith(PACKED_MARK)) return text;
  const packed = Buffer.from(text.slice(PACKED_MARK.length), 'base64');
  return gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX }).toString();
};

function wholeWords(words: readonly string[], flags: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words.join('|')})(?![\\p{L}\\p{N}_])`, flags);
}

function chunks(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    if (paragraph.length <= CHUNK_CHARS) return [paragraph];
    return gathered(paragraph.split(/(?<=[.!?])\s+/), CHUNK_CHARS);
  });
}

function lines(text: string): string {
  return gathered(
    text.split(/\s+/).filter((word) => word !== ''),
    LINE_CHARS_MAX - 1,
  ).join('\n');
}

/** Puts pieces together with spaces, as many as fit. */
function gathered(pieces: readonly string[], charsMost: number): string[] {
  const whole: string[] = [];
  for (const piece of pieces) {
    const last = whole.at(-1);
    if (last === undefined || last.length + piece.length > charsMost) whole.push(piece);
    else whole[whole.length - 1] = `${last} ${piece}`;
  }
  return whole;
}

/** Longest piece that is counted at once; a text without any word break is cut here by force. */
export const SLICE_CHARS_MAX = 16_384;

const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const APOSTROPHE = 0x27;

/**
 * Cuts a text into pieces of bounded length whose tokens, counted apart, are the tokens of the whole: at places where
 * every tokenizer begins a new word whatever stands around them. Only a run of more than `SLICE_CHARS_MAX` characters
 * without such a place is cut by force; each forced cut can split one token, so the count is then at most a few per
 * 16,384 characters off.
 */
export function* slices(text: string, charsMax = SLICE_CHARS_MAX): Generator<string> {
  let start = 0;
  while (text.length - start > charsMax) {
    const end = cutBefore(text, start + charsMax, start);
    yield text.slice(start, end);
    start = end;
  }
  yield start === 0 ? text : text.slice(start);
}

function cutBefore(text: string, from: number, start: number): number {
  for (let at = from; at > start; at -= 1) if (isBreak(text.charCodeAt(at - 1), text.charCodeAt(at))) return at;
  return isLowSurrogate(text.charCodeAt(from)) ? from - 1 : from;
}

/** Whether a word ends between two characters in every tokenizer: letters and digits don't stick to what follows. */
function isBreak(before: number, after: number): boolean {
  if (after === SPACE || after === TAB) return !isBlank(before) && before < 0x80;
  if (isLetter(before)) return after < 0x80 && !isLetter(after) && after !== APOSTROPHE;
  if (isDigit(before)) return after < 0x80 && !isDigit(after);
  return isDigit(after) && before < 0x80 && !isBlank(before);
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isBlank(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN) || code === LINE_FEED;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

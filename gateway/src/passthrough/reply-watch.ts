const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
/** Words that matter are shorter. */
const WORD_MAX = 40;
/** Events of a stream that each bring one whole picture. */
const DONE: ReadonlySet<string> = new Set(['image_generation.completed', 'image_edit.completed']);

/**
 * Watches an answer go by, in one piece or as events, without holding it: how many pictures are in it, and how many seconds
 * of sound it says it heard.
 */
export class ReplyWatch {
  /** Pictures seen so far. */
  made = 0;
  /** How long the sound was. */
  seconds: number | undefined;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInList = false;
  #key = '';
  #word = '';
  #number = '';

  push(piece: Buffer): void {
    for (let at = 0; at < piece.length; at += 1) {
      if (this.#isInString) at = this.#string(piece, at);
      else this.#outside(piece[at] ?? 0);
    }
  }

  /** Goes on to the end of a string, or of the piece. */
  #string(piece: Buffer, from: number): number {
    for (let at = from; ; ) {
      const quote = piece.indexOf(QUOTE, at);
      const end = quote === -1 ? piece.length : quote;
      const isEscaped = this.#escapedAt(piece, at, end);
      if (quote === -1 || !isEscaped) this.#take(piece, from, end);
      this.#isEscaped = quote === -1 && isEscaped;
      if (quote === -1) return piece.length;
      if (!isEscaped) {
        this.#ended();
        return quote;
      }
      at = quote + 1;
    }
  }

  /** Whether what stands there has an odd number of backslashes before it, those of the last piece included. */
  #escapedAt(piece: Buffer, from: number, end: number): boolean {
    let start = end;
    while (start > from && piece[start - 1] === BACKSLASH) start -= 1;
    const isCarried = start === from && this.#isEscaped;
    return ((end - start) % 2 === 1) !== isCarried;
  }

  #take(piece: Buffer, from: number, end: number): void {
    if (this.#depth === 1 && this.#word.length < WORD_MAX)
      this.#word += piece.toString('latin1', from, Math.min(end, from + WORD_MAX));
  }

  #ended(): void {
    this.#isInString = false;
    if (this.#depth === 1 && this.#key === 'type' && DONE.has(this.#word)) this.made += 1;
  }

  #outside(byte: number): void {
    if (byte === QUOTE) {
      this.#isInString = true;
      this.#word = '';
    } else if (OPEN.has(byte)) this.#opened(byte);
    else if (CLOSE.has(byte)) this.#closed();
    else if (this.#depth === 1) this.#between(byte);
  }

  #opened(byte: number): void {
    this.#depth += 1;
    if (this.#depth === 2) this.#isInList = byte === OPEN_BRACKET;
    if (this.#depth === 3 && byte === OPEN_BRACE && this.#isInList && this.#key === 'data') this.made += 1;
  }

  #closed(): void {
    if (this.#depth === 1) this.#valued();
    if (this.#depth > 0) this.#depth -= 1;
  }

  #between(byte: number): void {
    if (byte === COLON) this.#key = this.#word;
    else if (byte === COMMA) this.#valued();
    else if (this.#key === 'duration' && this.#number.length < WORD_MAX) this.#number += String.fromCharCode(byte);
  }

  #valued(): void {
    const seconds = Number(this.#number.trim() || Number.NaN);
    if (this.#key === 'duration' && Number.isFinite(seconds) && seconds >= 0) this.seconds = seconds;
    this.#number = '';
    this.#key = '';
  }
}

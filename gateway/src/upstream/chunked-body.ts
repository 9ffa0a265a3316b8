import { readHeaderLines } from './header-lines.ts';
import { notHttp } from './wire-fault.ts';

/** Longest line that says a chunk's size, extensions included. */
const SIZE_LINE_BYTES_MAX = 1024;
/** Most bytes of headers behind the last chunk. */
const TRAILER_BYTES_MAX = 16 * 1024;
/** As many hexadecimal digits as a number holds exactly. */
const SIZE_DIGITS_MAX = 13;

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const QUOTED = '"[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]*"';
const SIZE_LINE = new RegExp(`^([0-9A-Fa-f]{1,${SIZE_DIGITS_MAX}})(?:;${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?)*$`);

const [CR, LF] = [0x0d, 0x0a];

const DIGITS = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit += 1) {
  DIGITS[digit.toString(16).charCodeAt(0)] = digit;
  DIGITS[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

type Part = 'size' | 'bytes' | 'bytes-end' | 'trailer' | 'over';

/** Takes a body in chunks apart, however its bytes are cut. Extensions are passed over and trailers dropped. */
export class ChunkedBody {
  /** Where the bytes of the body lie in the last piece: the chunks are moved together there. */
  from = 0;
  to = 0;
  #part: Part = 'size';
  /** What is still missing of the chunk. */
  #missing = 0;
  /** A line, or the trailer's lines, whose end hasn't come. */
  #line = '';

  get isOver(): boolean {
    return this.#part === 'over';
  }

  /** Reads a piece from a place on; gives the place behind what belongs to the body. */
  push(bytes: Buffer, start: number): number {
    this.from = this.to = start;
    let at = start;
    while (at < bytes.length && this.#part !== 'over') {
      if (this.#part === 'bytes') at = this.#readBytes(bytes, at);
      else if (this.#part === 'size') at = this.#readSize(bytes, at);
      else if (this.#part === 'bytes-end') at = this.#readBytesEnd(bytes, at);
      else at = this.#readTrailer(bytes, at);
    }
    return at;
  }

  #readBytes(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.#missing, bytes.length);
    if (this.from === this.to) {
      this.from = at;
      this.to = end;
    } else {
      bytes.copyWithin(this.to, at, end);
      this.to += end - at;
    }
    this.#missing -= end - at;
    if (this.#missing === 0) this.#part = 'bytes-end';
    return end;
  }

  /** The CRLF behind a chunk, which may be cut in two. */
  #readBytesEnd(bytes: Buffer, at: number): number {
    const isFirst = this.#line === '';
    if (bytes[at] !== (isFirst ? CR : LF)) throw notHttp('a chunk that is longer than its size');
    this.#line = isFirst ? '\r' : '';
    if (!isFirst) this.#part = 'size';
    return at + 1;
  }

  #readSize(bytes: Buffer, at: number): number {
    let [size, end] = [0, at];
    for (let digit = 0; end < bytes.length && (digit = DIGITS[bytes[end] ?? 0] ?? -1) !== -1; end += 1)
      size = size * 16 + digit;
    const isPlain = this.#line === '' && end > at && end - at <= SIZE_DIGITS_MAX;
    if (!isPlain || bytes[end] !== CR || bytes[end + 1] !== LF) return this.#readSizeLine(bytes, at);
    this.#begin(size);
    return end + 2;
  }

  /** A size that was cut, or that has extensions. */
  #readSizeLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LF, at);
    this.#line += bytes.toString('latin1', at, end === -1 ? bytes.length : end);
    if (this.#line.length > SIZE_LINE_BYTES_MAX) throw notHttp('a line for a chunk’s size that is too long');
    if (end === -1) {
      checkSizeBeginning(this.#line);
      return bytes.length;
    }
    const [, digits] = this.#line.endsWith('\r') ? (SIZE_LINE.exec(this.#line.slice(0, -1)) ?? []) : [];
    if (digits === undefined) throw notHttp('a chunk’s size that is none');
    this.#line = '';
    this.#begin(Number.parseInt(digits, 16));
    return end + 1;
  }

  #begin(size: number): void {
    this.#missing = size;
    this.#part = size === 0 ? 'trailer' : 'bytes';
  }

  #readTrailer(bytes: Buffer, at: number): number {
    if (this.#line === '' && bytes[at] === CR && bytes[at + 1] === LF) {
      this.#part = 'over';
      return at + 2;
    }
    const end = bytes.indexOf(LF, at);
    const next = end === -1 ? bytes.length : end + 1;
    this.#line += bytes.toString('latin1', at, next);
    if (this.#line.length > TRAILER_BYTES_MAX) throw notHttp('a trailer that is too long');
    if (end !== -1 && !this.#line.endsWith('\r\n')) throw notHttp('a line that doesn’t end with CRLF');
    if (this.#line !== '\r\n' && !this.#line.endsWith('\r\n\r\n')) return next;
    this.#checkTrailer();
    this.#part = 'over';
    return next;
  }

  #checkTrailer(): void {
    const headers = readHeaderLines(this.#line.slice(0, -2), 0);
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
      throw notHttp('a trailer that says how long the body is');
  }
}

/** What can't become a size is refused at once and not waited for. */
function checkSizeBeginning(line: string): void {
  if (!/^[0-9A-Fa-f]{1,13}(?:;|\r?$)/.test(line)) throw notHttp('a chunk’s size that is none');
}

import { headerNames } from '../model/header-names.ts';
import { notHttp } from './wire-fault.ts';

/** Most header lines that a head or a trailer may have. */
const HEADER_LINES_MAX = 500;

const NOT_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Headers by their names in lower case. One that came more than once reads as one list, as HTTP says. */
export type Headers = Record<string, string | undefined>;

/** Whether a text can be a header's value: no control characters, nothing that isn't one byte. */
export function isHeaderValue(text: string): boolean {
  return !NOT_VALUE.test(text);
}

const lowerCased = headerNames();

/** Reads header lines, each ended by CRLF, from a place in a text to its end. */
export function readHeaderLines(text: string, from: number): Headers {
  const headers = Object.create(null) as Headers; // `__proto__` is a name like any other
  let lines = 0;
  for (let at = from; at < text.length; ) {
    if ((lines += 1) > HEADER_LINES_MAX) throw notHttp('too many header lines');
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    if (end === -1 || colon === -1 || colon > end) throw notHttp('a header line without a colon');
    const key = lowerCased(text.slice(at, colon));
    if (key === undefined) throw notHttp('a header name that is none'); // a folded line begins with a space
    const value = trimmed(text, colon + 1, end);
    if (NOT_VALUE.test(value)) throw notHttp('a control character in a header');
    const isFraming = key === 'content-length' || key === 'transfer-encoding';
    // Allowed behind a value, but llhttp takes it for a part of these.
    if (isFraming && text.slice(colon, end).includes('\t')) throw notHttp('a tab where the body’s length is said');
    const before = headers[key];
    headers[key] = before === undefined ? value : `${before}, ${value}`;
    at = end + 2;
  }
  return headers;
}

const SPACE = 0x20;
const TAB = 0x09;

function trimmed(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

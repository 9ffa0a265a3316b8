import { type Headers, isHeaderValue, readHeaderLines } from './header-lines.ts';
import { notHttp } from './wire-fault.ts';

/** How a body ends: after so many bytes, with its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'until-close';

/** The head of a reply, and what it says about the bytes behind it. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: Headers;
  readonly framing: Framing;
  /** Whether the connection may carry another request. */
  readonly isReusable: boolean;
}

/** As many digits as a number holds exactly. */
const LENGTH = /^\d{1,15}$/;
const PREFIX = 'HTTP/1.';
const STATUS_AT = 9;
const REASON_AT = 12;
const [ZERO, NINE, SPACE] = [0x30, 0x39, 0x20];

/** Reads the head of a reply: its status line and header lines, each ended by CRLF, without the empty line. */
export function readReplyHead(text: string): ReplyHead {
  const end = text.indexOf('\r\n');
  const status = statusOf(text, end);
  const isOld = text.charCodeAt(PREFIX.length) === ZERO;
  const headers = readHeaderLines(text, end + 2);
  const encoding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked') throw notHttp('a transfer-encoding that isn’t chunked');
    if (length !== undefined) throw notHttp('both a transfer-encoding and a content-length');
    if (isOld) throw notHttp('a transfer-encoding in HTTP/1.0');
  }
  // Several lengths were joined to a list, which is no number.
  if (length !== undefined && !LENGTH.test(length)) throw notHttp('a content-length that is no number');
  const isBodiless = status < 200 || status === 204 || status === 304;
  const framing = isBodiless ? 0 : encoding ? 'chunked' : length === undefined ? 'until-close' : Number(length);
  const mayStay = staysOpen(headers['connection'], isOld) && !(isBodiless && encoding);
  return { status, headers, framing, isReusable: mayStay && framing !== 'until-close' };
}

function statusOf(text: string, end: number): number {
  if (end < REASON_AT || !text.startsWith(PREFIX)) throw notHttp('no status line');
  const minor = text.charCodeAt(PREFIX.length) - ZERO;
  const hasSpaces =
    text.charCodeAt(STATUS_AT - 1) === SPACE && (end === REASON_AT || text.charCodeAt(REASON_AT) === SPACE);
  if ((minor !== 0 && minor !== 1) || !hasSpaces) throw notHttp('no status line');
  let status = 0;
  for (let at = STATUS_AT; at < REASON_AT; at += 1) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) throw notHttp('a status that is no number');
    status = status * 10 + code - ZERO;
  }
  if (status < 100) throw notHttp('a status that is none');
  if (!isHeaderValue(text.slice(REASON_AT, end))) throw notHttp('a control character in the status line');
  return status;
}

function staysOpen(connection: string | undefined, isOld: boolean): boolean {
  if (connection === undefined) return !isOld;
  if (connection === 'keep-alive') return true;
  const wishes = connection
    .toLowerCase()
    .split(',')
    .map((wish) => wish.trim());
  return !wishes.includes('close') && (!isOld || wishes.includes('keep-alive'));
}

const [CR, LF, TAB, DELETE] = [0x0d, 0x0a, 0x09, 0x7f];

/**
 * Looks at the new bytes of a head that isn't complete, so that what can't become one is refused at once and not waited
 * for.
 */
export function checkBeginning(bytes: Buffer, from: number): void {
  const known = Math.min(bytes.length, PREFIX.length);
  if (from < PREFIX.length && bytes.toString('latin1', 0, known) !== PREFIX.slice(0, known))
    throw notHttp('no status line');
  let before = from === 0 ? 0 : bytes[from - 1];
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if ((byte === LF) !== (before === CR)) throw notHttp('a line that doesn’t end with CRLF');
    const isControl = byte < SPACE ? byte !== CR && byte !== LF && byte !== TAB : byte === DELETE;
    if (isControl) throw notHttp('a control character in the head');
    before = byte;
  }
}

import { STATUS_CODES } from 'node:http';
import { GatewayError } from '../model/error.ts';

/** Up to here the head and the body of an answer leave in one buffer; beyond, copying costs more than a second write. */
export const JOINED_BYTES_MAX = 64 * 1024;

const CRLF = '\r\n';
/** The longest that the size line and the line end of a chunk can be. */
const CHUNK_FRAME_BYTES_MAX = 20;
/** What no header may contain: it would end the line, or the text. */
const FORBIDDEN = /[^\t -~\u0080-\u00ff]/;

/** The current date as HTTP says it, made anew once a second. */
export class HttpDate {
  readonly #nowMs: () => number;
  #second = -1;
  #line = '';

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The whole header line. */
  line(): string {
    const second = Math.floor(this.#nowMs() / 1000);
    if (second === this.#second) return this.#line;
    this.#second = second;
    this.#line = `date: ${new Date(second * 1000).toUTCString()}${CRLF}`;
    return this.#line;
  }
}

/** Status line and headers, without the blank line that ends them. Throws `gateway.bug` for a value no header may have. */
export function headText(status: number, headers: readonly string[], requestId: string): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}${CRLF}x-request-id: ${requestId}${CRLF}`;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const value = headers[at + 1] ?? '';
    if (FORBIDDEN.test(value)) throw new GatewayError('gateway.bug', 'A response header has a forbidden character.');
    text += `${headers[at]}: ${value}${CRLF}`;
  }
  return text;
}

/** Head and body in one piece, so that they leave in one packet. */
export function joined(head: string, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 0, 'latin1');
  body.copy(bytes, head.length);
  return bytes;
}

/** Bytes as one chunk of a chunked body, behind whatever is to be said first. */
export function chunk(before: string, bytes: Buffer): Buffer {
  const all = Buffer.allocUnsafe(before.length + bytes.length + CHUNK_FRAME_BYTES_MAX);
  let at = all.write(`${before}${bytes.length.toString(16)}${CRLF}`, 0, 'latin1');
  at += bytes.copy(all, at);
  at += all.write(CRLF, at, 'latin1');
  return all.subarray(0, at);
}

/** Ends a chunked body. */
export const LAST_CHUNK = '0\r\n\r\n';

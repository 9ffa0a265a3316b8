import { headerNames } from '../model/header-names.ts';
import type { RequestHeaders } from '../model/turn.ts';

/** The head of a request in the plainest form of HTTP/1.1. */
export interface PlainHead {
  readonly method: 'GET' | 'POST';
  /** The path as routed, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly headBytes: number;
  readonly bodyBytes: number;
}

const END = Buffer.from('\r\n\r\n');
const REQUEST_LINE = /^(GET|POST) (\/[!"$->@-~]*)(?:\?([!"$-~]*))? HTTP\/1\.1\r\n/;
/** Lines of printable ASCII, each ended by CRLF and none of them empty: no bare CR or LF, no NUL, no obs-text. */
const LINES = /^(?:[\t -~]+\r\n)+$/;
const LENGTH = /^\d{1,15}$/;
const HEADERS_MAX = 100;

/** Headers that change how the connection or the body is to be read, and one that Node leaves out. */
const FOR_THE_PLATFORM: ReadonlySet<string> = new Set([
  '__proto__',
  'expect',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads a request's head when it is plain: whole, strictly written, every header once, a body of a stated length.
 * `undefined` says nothing about the request except that Node's own parser must judge it: what is plain here is what
 * that parser takes as well, and reads in the same way.
 */
export function plainHead(bytes: Buffer, bytesMax: number): PlainHead | undefined {
  const end = bytes.indexOf(END);
  if (end === -1 || end + END.length > bytesMax) return undefined;
  const text = bytes.toString('latin1', 0, end + 2);
  const line = REQUEST_LINE.exec(text);
  if (!line || !LINES.test(text)) return undefined;
  const headers = headersOf(text, line[0].length);
  if (headers?.['host'] === undefined) return undefined;
  const method = line[1] as PlainHead['method'];
  const bodyBytes = bodyLength(method, headers);
  if (bodyBytes === undefined) return undefined;
  return { method, path: line[2] ?? '', query: line[3] ?? '', headers, headBytes: end + END.length, bodyBytes };
}

function bodyLength(method: PlainHead['method'], headers: RequestHeaders): number | undefined {
  const connection = headers['connection'];
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'Keep-Alive') return undefined;
  const said = headers['content-length'];
  if (method === 'GET') return said === undefined ? 0 : undefined;
  return typeof said === 'string' && LENGTH.test(said) ? Number(said) : undefined;
}

function headersOf(text: string, from: number): RequestHeaders | undefined {
  const headers: Record<string, string> = { __proto__: null } as never;
  let count = 0;
  for (let at = from; at < text.length; ) {
    const lineEnd = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon > lineEnd || (count += 1) > HEADERS_MAX) return undefined;
    const name = lowerCased(text.slice(at, colon));
    const value = trimmed(text, colon + 1, lineEnd);
    if (name === undefined || value === undefined || headers[name] !== undefined) return undefined;
    headers[name] = value;
    at = lineEnd + 2;
  }
  return headers;
}

const lowerCased = headerNames((lower) => !FOR_THE_PLATFORM.has(lower));

const SPACE = 0x20;
const TAB = 0x09;

/** Blanks behind a value are allowed, but not behind every value. */
function trimmed(text: string, from: number, to: number): string | undefined {
  let start = from;
  while (start < to && isBlank(text.charCodeAt(start))) start += 1;
  return start < to && isBlank(text.charCodeAt(to - 1)) ? undefined : text.slice(start, to);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

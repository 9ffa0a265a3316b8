/** One request as it came off the socket. */
export interface ArrivedRequest {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  /** Everything above the blank line. */
  readonly headText: string;
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';

/**
 * Cuts the bytes of one connection into requests. It reads what well-behaved clients send and is no guard against
 * others; it is small because the bench uses it on the provider's side of every proxy.
 */
export class RequestReader {
  #rest: Buffer = NOTHING;
  #needed = 0;
  readonly #onContinue: () => void;

  constructor(onContinue: () => void) {
    this.#onContinue = onContinue;
  }

  /** Eats bytes; gives the requests that are whole now. */
  push(bytes: Buffer): readonly ArrivedRequest[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const found: ArrivedRequest[] = [];
    while (this.#rest.length > 0 && this.#rest.length >= this.#needed) {
      const request = this.#next();
      if (request === undefined) break;
      this.#needed = 0;
      found.push(request);
    }
    return found;
  }

  #next(): ArrivedRequest | undefined {
    const headEnd = this.#rest.indexOf(HEAD_END);
    if (headEnd === -1) return undefined;
    const headText = this.#rest.toString('latin1', 0, headEnd);
    const bodyStart = headEnd + HEAD_END.length;
    const body = this.#body(headText, bodyStart);
    if (body === undefined) {
      if (this.#rest.length === bodyStart && /\r\nexpect: *100-continue/i.test(headText)) this.#onContinue();
      return undefined;
    }
    this.#rest = this.#rest.length === body.end ? NOTHING : this.#rest.subarray(body.end);
    const methodEnd = headText.indexOf(' ');
    const pathEnd = headText.indexOf(' ', methodEnd + 1);
    return {
      method: headText.slice(0, methodEnd),
      path: headText.slice(methodEnd + 1, pathEnd),
      headText,
      body: body.bytes,
    };
  }

  #body(headText: string, start: number): { readonly bytes: Buffer; readonly end: number } | undefined {
    const length = /\r\ncontent-length: *(\d+)/i.exec(headText)?.[1];
    if (length !== undefined) {
      const end = start + Number(length);
      this.#needed = end;
      return this.#rest.length < end ? undefined : { bytes: this.#rest.subarray(start, end), end };
    }
    if (/\r\ntransfer-encoding: *chunked/i.test(headText)) return chunkedBody(this.#rest, start);
    return { bytes: NOTHING, end: start };
  }
}

function chunkedBody(bytes: Buffer, start: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (Number.isNaN(size) || bytes.length < next) return undefined;
    if (size === 0) return { bytes: Buffer.concat(parts), end: next };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}

/** The headers of a request, names in lower case; a name that came twice is joined by a comma. */
export function headersOf(headText: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const line of headText.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}

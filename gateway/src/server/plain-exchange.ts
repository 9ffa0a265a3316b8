import { Cancellation } from '../model/cancellation.ts';
import type { RequestHeaders } from '../model/turn.ts';
import {
  goneWhileAnswered,
  goneWhileSending,
  PASSED_OVER_BYTES_MAX,
  refusedBody,
  tooLarge,
  type BodyLimit,
  type Exchange,
} from './exchange.ts';
import { chunk, headText, JOINED_BYTES_MAX, joined, LAST_CHUNK } from './plain-answer.ts';
import type { PlainHead } from './plain-head.ts';

/** What an exchange needs of its connection. */
export interface PlainLine {
  /** `false` when the caller reads more slowly than is written. */
  readonly write: (bytes: Buffer | string) => boolean;
  /** Writes that belong together. */
  readonly together: (write: () => void) => void;
  readonly abandon: () => void;
  /** Goes on reading, or stops for a while. */
  readonly listen: (isListening: boolean) => void;
  /** The header lines that every answer ends with. */
  readonly lastLines: (isLast: boolean) => string;
  /** The answer is complete; the connection serves another request, or ends. */
  readonly answered: (isLast: boolean) => void;
}

const UNREAD_BYTES_MAX = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** A request in the plainest form of HTTP, and the answer to it. */
export class PlainExchange implements Exchange {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly cancellation = new Cancellation();
  isAnswered = false;
  isGone = false;
  readonly #line: PlainLine;
  readonly #bodyBytes: number;
  #parts: Buffer[] = [];
  #missing: number;
  #reader: { readonly resolve: (body: Buffer) => void; readonly reject: (error: Error) => void } | undefined;
  #onDrain: (() => void) | undefined;
  #unsaid: string | undefined;
  #isOver = false;
  #isPiecewise = false;
  #isLast = false;

  constructor(head: PlainHead, line: PlainLine, requestId: string) {
    this.requestId = requestId;
    this.method = head.method;
    this.path = head.path;
    this.query = head.query;
    this.headers = head.headers;
    this.#line = line;
    this.#bodyBytes = head.bodyBytes;
    this.#missing = head.bodyBytes;
  }

  /** Bytes of the body that haven't come yet. */
  get missing(): number {
    return this.#missing;
  }

  /** Whether the answer has been written to its end. */
  get isComplete(): boolean {
    return this.#isOver;
  }

  /** The next bytes of the body, never more than are missing. */
  take(bytes: Buffer): void {
    this.#missing -= bytes.length;
    if (this.#isOver) return;
    this.#parts.push(bytes);
    if (this.#isPiecewise) this.#offer();
    else if (this.#missing === 0) this.#reader?.resolve(this.#body());
    else if (!this.#reader && this.#bodyBytes - this.#missing > UNREAD_BYTES_MAX) this.#line.listen(false);
  }

  readBody(bytesMax: number): Promise<Buffer> {
    const refused = refusedBody(this.headers, bytesMax);
    if (refused) return Promise.reject(refused);
    if (this.#bodyBytes > bytesMax) return Promise.reject(tooLarge(bytesMax));
    if (this.#missing === 0) return Promise.resolve(this.#body());
    if (this.isGone) return Promise.reject(goneWhileSending());
    this.#line.listen(true);
    return new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
  }

  async *bodyPieces({ bytesMax, setting }: BodyLimit): AsyncGenerator<Buffer> {
    const refused = refusedBody(this.headers, bytesMax, setting);
    if (refused) throw refused;
    this.#isPiecewise = true;
    for (;;) {
      if (this.#parts.length > 0) {
        const piece = Buffer.concat(this.#parts.splice(0));
        yield piece;
      } else if (this.#missing === 0) return;
      else if (this.isGone) throw goneWhileSending();
      else {
        this.#line.listen(true);
        await new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
      }
    }
  }

  /** Another piece is there; without anybody who waits for it, further ones wait in the connection. */
  #offer(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) reader.resolve(NOTHING);
    else if (this.#missing > 0) this.#line.listen(false);
  }

  answer(status: number, headers: readonly string[], body: Buffer): void {
    const said = headText(status, headers, this.requestId);
    this.#isLast = this.#endsConnection();
    this.isAnswered = true;
    const head = `${said}content-length: ${body.length}\r\n${this.#line.lastLines(this.#isLast)}\r\n`;
    if (body.length <= JOINED_BYTES_MAX) this.#line.write(joined(head, body));
    else
      this.#line.together(() => {
        this.#line.write(head);
        this.#line.write(body);
      });
    this.#over();
  }

  begin(status: number, headers: readonly string[]): void {
    const head = headText(status, headers, this.requestId);
    this.#isLast = this.#endsConnection();
    this.isAnswered = true;
    // Said with the first piece, which is there already: a stream begins when there is something to say.
    this.#unsaid = `${head}transfer-encoding: chunked\r\n${this.#line.lastLines(this.#isLast)}\r\n`;
  }

  write(bytes: Buffer): boolean {
    if (this.isGone || this.#isOver || bytes.length === 0) return true;
    const head = this.#unsaid ?? '';
    this.#unsaid = undefined;
    return this.#line.write(chunk(head, bytes));
  }

  end(): void {
    if (this.isGone || this.#isOver) return;
    this.#line.write((this.#unsaid ?? '') + LAST_CHUNK);
    this.#over();
  }

  abandon(): void {
    if (!this.#isOver) this.#line.abandon();
  }

  onDrain(listener: (() => void) | undefined): void {
    this.#onDrain = listener;
  }

  /** The caller has read what was written. */
  drained(): void {
    this.#onDrain?.();
  }

  /** The connection is closed. */
  gone(): void {
    this.isGone = true;
    if (this.#isOver) return;
    this.#reader?.reject(goneWhileSending());
    this.cancellation.cancel(goneWhileAnswered());
  }

  /** A body that nobody read would be taken for the next request: a short one is read away, a long one ends the connection. */
  #endsConnection(): boolean {
    return this.#missing > 0 && this.#bodyBytes > PASSED_OVER_BYTES_MAX;
  }

  #over(): void {
    this.#isOver = true;
    this.#parts = [];
    this.#line.answered(this.#isLast);
  }

  #body(): Buffer {
    const [first = NOTHING] = this.#parts;
    return this.#parts.length > 1 ? Buffer.concat(this.#parts, this.#bodyBytes) : first;
  }
}

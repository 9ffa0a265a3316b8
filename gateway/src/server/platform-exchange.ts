import type { IncomingMessage, ServerResponse } from 'node:http';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
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

/** Time for a caller to send what is left of a body that nobody reads, before its connection is cut. */
const LAST_ANSWER_MS = 2000;
/** One that sends nothing for so long isn't waited for. */
const LAST_SILENCE_MS = 200;

/** A request that Node's own server read: every form that HTTP/1.1 allows. */
export class PlatformExchange implements Exchange {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly cancellation = new Cancellation();
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #onDrain: (() => void) | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, requestId: string) {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    this.requestId = requestId;
    this.method = request.method ?? 'GET';
    this.path = mark === -1 ? url : url.slice(0, mark);
    this.query = mark === -1 ? '' : url.slice(mark + 1);
    this.headers = request.headers;
    this.#request = request;
    this.#response = response;
    response.on('close', () => {
      if (!response.writableFinished) this.cancellation.cancel(goneWhileAnswered());
    });
    response.on('drain', () => this.#onDrain?.());
  }

  get isAnswered(): boolean {
    return this.#response.headersSent;
  }

  get isGone(): boolean {
    return this.#response.destroyed;
  }

  readBody(bytesMax: number): Promise<Buffer> {
    const request = this.#request;
    const refused = refusedBody(request.headers, bytesMax);
    if (refused) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      let size = 0;
      request.on('data', (bytes: Buffer) => {
        if (this.isAnswered) return; // what is left is only read away
        size += bytes.length;
        if (size > bytesMax) {
          request.pause();
          reject(tooLarge(bytesMax));
        } else parts.push(bytes);
      });
      request.on('end', () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)));
      const gone = (): void => {
        if (!request.complete) reject(goneWhileSending());
      };
      request.on('error', gone);
      request.on('close', gone);
    });
  }

  async *bodyPieces({ bytesMax, setting }: BodyLimit): AsyncGenerator<Buffer> {
    const refused = refusedBody(this.headers, bytesMax, setting);
    if (refused) throw refused;
    let size = 0;
    try {
      // The socket is still needed for the answer when somebody stops reading.
      for await (const piece of this.#request.iterator({ destroyOnReturn: false })) {
        const bytes = piece as Buffer;
        size += bytes.length;
        if (size > bytesMax) throw tooLarge(bytesMax, setting);
        yield bytes;
      }
    } catch (thrown) {
      throw thrown instanceof GatewayError ? thrown : goneWhileSending();
    }
    if (!this.#request.complete) throw goneWhileSending();
  }

  answer(status: number, headers: readonly string[], body: Buffer): void {
    const all = [...headers, 'x-request-id', this.requestId, 'content-length', String(body.length)];
    const isLast = !this.#request.complete && !this.#passesOver();
    if (isLast) all.push('connection', 'close');
    this.#response.writeHead(status, all);
    const said = this.method === 'HEAD' ? undefined : body;
    if (isLast) this.#endWhenRead(said);
    else this.#response.end(said);
  }

  begin(status: number, headers: readonly string[]): void {
    this.#response.writeHead(status, [...headers, 'x-request-id', this.requestId]);
  }

  write(bytes: Buffer): boolean {
    return this.#response.write(bytes);
  }

  end(): void {
    this.#response.end();
  }

  abandon(): void {
    this.#response.destroy();
  }

  onDrain(listener: (() => void) | undefined): void {
    this.#onDrain = listener;
  }

  /** A body that nobody read would be taken for the next request: a short one is read away. Says whether it is. */
  #passesOver(): boolean {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = this.#request.headers;
    const isShort = encoding === undefined && Number(length) <= PASSED_OVER_BYTES_MAX;
    if (isShort) this.#request.resume();
    return isShort;
  }

  /** Says all, and ends the connection when the caller has sent all, or time is up: a reset would take the answer away. */
  #endWhenRead(body: Buffer | undefined): void {
    if (body) this.#response.write(body);
    else this.#response.flushHeaders();
    const end = (): void => {
      clearTimeout(late);
      clearTimeout(silent);
      this.#response.end();
    };
    const late = setTimeout(end, LAST_ANSWER_MS);
    const silent = setTimeout(end, LAST_SILENCE_MS);
    this.#request.on('data', () => silent.refresh());
    this.#request.once('end', end);
    this.#request.once('close', end);
    this.#request.resume();
  }
}

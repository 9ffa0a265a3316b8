import { GatewayError } from '../model/error.ts';
import type { Deadline, UpstreamBody } from '../model/upstream.ts';

/** Bytes that may wait here for a slow reader before the provider is asked to pause. */
const WAITING_BYTES_MAX = 64 * 1024;

/** What the body needs of the connection it comes from. */
export interface BodySource {
  readonly pause: () => void;
  readonly resume: () => void;
  readonly abort: (reason: Error) => void;
}

const DONE: IteratorResult<Buffer> = { done: true, value: undefined };

/**
 * A provider's reply body, read piece by piece. What came while nobody was reading is given in one piece; the
 * connection is paused when too much waits.
 */
export class StreamedBody implements UpstreamBody, AsyncIterator<Buffer> {
  readonly #source: BodySource;
  readonly #idle: Deadline;
  readonly #idleTimeoutMs: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #paused = false;
  #ended = false;
  #error: GatewayError | undefined;
  #reader: { resolve: (result: IteratorResult<Buffer>) => void; reject: (error: Error) => void } | undefined;

  constructor(source: BodySource, idle: Deadline, idleTimeoutMs: number) {
    this.#source = source;
    this.#idle = idle;
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  /** A piece has come. */
  push(bytes: Buffer): void {
    if (this.#ended || this.#error) return;
    if (this.#reader) {
      this.#idle.clear();
      const { resolve } = this.#reader;
      this.#reader = undefined;
      resolve({ done: false, value: bytes });
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes < WAITING_BYTES_MAX || this.#paused) return;
    this.#paused = true;
    this.#source.pause();
  }

  /** The body is complete. */
  finish(): void {
    this.#ended = true;
    this.#idle.clear();
    this.#reader?.resolve(DONE);
    this.#reader = undefined;
  }

  /** The connection failed; what came before it is still given. */
  fail(error: GatewayError): void {
    if (this.#ended || this.#error) return;
    this.#error = error;
    this.#idle.clear();
    this.#reader?.reject(error);
    this.#reader = undefined;
  }

  next(): Promise<IteratorResult<Buffer>> {
    if (this.#waiting.length > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(DONE);
    this.#idle.set(this.#idleTimeoutMs);
    return new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
  }

  return(): Promise<IteratorResult<Buffer>> {
    this.cancel();
    return Promise.resolve(DONE);
  }

  readonly cancel = (): void => {
    this.#idle.clear();
    if (this.#ended || this.#error) return;
    this.#error = new GatewayError('request.cancelled', 'The reply is no longer wanted.');
    this.#waiting = [];
    this.#reader?.reject(this.#error);
    this.#reader = undefined;
    this.#source.abort(this.#error);
  };

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return this;
  }

  #take(): Buffer {
    const [first] = this.#waiting;
    const bytes = first && this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#paused) {
      this.#paused = false;
      this.#source.resume();
    }
    return bytes;
  }
}

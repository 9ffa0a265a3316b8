const NOTHING = Buffer.alloc(0);

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'trailer' | 'done';

/** Reads one HTTP/1.1 reply after another off a connection, with as little work as possible. */
export class ReplyReader {
  status = 0;
  /** Some of the body has arrived. */
  begun = false;
  /** The server will close the connection. */
  closes = false;
  #state: State = 'head';
  #rest: Buffer = NOTHING;
  #left = 0;
  readonly #onBody: ((part: Buffer) => void) | undefined;

  constructor(onBody?: (part: Buffer) => void) {
    this.#onBody = onBody;
  }

  /** Makes ready for the next reply. */
  reset(): void {
    this.#state = 'head';
    this.begun = false;
  }

  /** Eats bytes; true once the reply is whole. Throws on what is no HTTP. */
  push(bytes: Buffer): boolean {
    let at = 0;
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = NOTHING;
    while (this.#state !== 'done') {
      const next = this.#step(all, at);
      if (next === undefined) {
        this.#rest = all.subarray(at);
        return false;
      }
      at = next;
    }
    return true;
  }

  /** One state onward; gives where to go on, or nothing when more bytes are needed. */
  #step(bytes: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#head(bytes, at);
      case 'length':
      case 'chunk':
        return this.#body(bytes, at);
      case 'chunk-size':
        return this.#chunkSize(bytes, at);
      case 'trailer':
      case 'done':
        return this.#trailer(bytes, at);
    }
  }

  #head(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end === -1) return undefined;
    const text = bytes.toString('latin1', at, end);
    this.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
    if (Number.isNaN(this.status)) throw new Error(`This is no HTTP/1.1 reply: ${text.slice(0, 80)}`);
    this.closes = /\r\nconnection: *close/i.test(text);
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(text)) {
      throw new Error('The reply has neither a length nor chunks.');
    }
    this.#left = Number(length ?? 0);
    this.#state = length === undefined ? 'chunk-size' : this.#left === 0 ? 'done' : 'length';
    return end + 4;
  }

  #body(bytes: Buffer, at: number): number | undefined {
    if (at === bytes.length) return undefined;
    const end = Math.min(bytes.length, at + this.#left);
    this.begun = true;
    this.#onBody?.(bytes.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0) this.#state = this.#state === 'length' ? 'done' : 'chunk-size';
    return end;
  }

  #chunkSize(bytes: Buffer, at: number): number | undefined {
    // The line end of the chunk before stands in front of the size.
    const start = bytes[at] === 0x0d ? at + 2 : at;
    const end = bytes.indexOf('\r\n', start);
    if (end === -1) return undefined;
    this.#left = Number.parseInt(bytes.toString('latin1', start, end), 16);
    if (Number.isNaN(this.#left)) throw new Error('A chunk has no size.');
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    return end + 2;
  }

  #trailer(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf('\r\n', at);
    if (end === -1) return undefined;
    if (end === at) this.#state = 'done';
    return end + 2;
  }
}

import type { Socket } from 'node:net';
import type { BodyStream } from '../model/upstream.ts';
import type { Exchange, Carrier, Flow } from './exchange.ts';
import { openSocket } from './connector.ts';
import type { ReplyHead } from './reply-head.ts';
import { sendStream } from './streamed-request.ts';
import { ReplyParser, type ReplySink } from './reply-parser.ts';
import { WireFault } from './wire-fault.ts';

/** Up to this a request goes out in one piece, since copying it is cheaper than writing twice. */
const ONE_PIECE_BYTES_MAX = 64 * 1024;

/** Who keeps the connections of one origin. */
export interface ConnectionKeeper {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  /** Of the last TLS connection. */
  session: Buffer | undefined;
  /** The connection can carry another request. */
  readonly onFree: (connection: Connection) => void;
  /** The connection is gone; `unsent` is a request that it had been given and hadn't begun. */
  readonly onGone: (connection: Connection, unsent: Exchange | undefined) => void;
}

/**
 * One socket and the request that it carries. Its listeners are set once. What nobody asked for (bytes or an end while
 * it is idle, bytes behind a reply) ends it, so that they can't be taken for the next reply.
 */
export class Connection implements ReplySink, Carrier, Flow {
  readonly #keeper: ConnectionKeeper;
  readonly #socket: Socket;
  readonly #parser = new ReplyParser(this);
  #isReusable = false;
  #exchange: Exchange | undefined;
  #state: 'opening' | 'open' | 'asked' | 'gone' = 'opening';
  #isPaused = false;
  #isHeld = true;
  /** A body is being sent piece by piece. */
  #isSending = false;
  /** What the provider said about how long it keeps an idle connection. */
  keepAlive: string | undefined;
  /** How often the keeper has looked at it since it became idle. */
  idleLooks = 0;

  /** Opens a connection for a request. */
  constructor(keeper: ConnectionKeeper, exchange: Exchange) {
    this.#keeper = keeper;
    this.#exchange = exchange;
    const { origin, connectTimeoutMs, session } = keeper;
    this.#socket = openSocket({
      origin,
      connectTimeoutMs,
      session,
      onBytes: (bytes) => this.#onBytes(bytes),
      onOpen: () => this.#onOpen(),
    });
    this.#socket.on('error', (error) => this.#die(error));
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('close', () => this.#die(new WireFault('CLOSED', 'closed')));
    this.#socket.on('session', (ticket: Buffer) => (keeper.session = ticket));
    exchange.carrier = this;
  }

  /** Takes a request, which isn't sent before `ask`. */
  take(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.carrier = this;
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#socket.ref();
  }

  /** Sends the request that was taken, if it is still wanted. */
  ask(): void {
    const exchange = this.#exchange;
    if (this.#state !== 'open' || !exchange) return;
    this.#state = 'asked';
    const { head, request } = exchange;
    const { body, stream } = request;
    if (stream) this.#stream(exchange, stream);
    else if (!body) this.#socket.write(head, 'latin1');
    else if (body.length <= ONE_PIECE_BYTES_MAX) this.#socket.write(onePiece(head, body));
    else {
      this.#socket.cork();
      this.#socket.write(head, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  /** A provider may answer before it has heard everything; what comes then isn't sent. */
  #stream(exchange: Exchange, stream: BodyStream): void {
    this.#socket.write(exchange.head, 'latin1');
    this.#isSending = true;
    sendStream(stream, this.#socket, () => this.#exchange === exchange && this.#state === 'asked').then(
      () => (this.#isSending = false),
      (thrown: unknown) => {
        if (this.#exchange === exchange) this.#die(thrown);
      },
    );
  }

  /** The request is no longer wanted. A connection that hasn't sent it is as good as before. */
  abandon(): void {
    this.#exchange = undefined;
    if (this.#state === 'open') this.#keeper.onFree(this);
    else this.#die(undefined);
  }

  /** No more bytes are wanted for now. */
  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  /** Undoes `pause`. */
  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** An idle connection alone doesn't keep the process running. */
  letGo(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#socket.unref();
  }

  /** Ends it, and whatever it carries. Resolves when the socket is closed. */
  destroy(reason: Error): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once('close', () => resolve());
      this.#die(reason);
    });
  }

  onHead(head: ReplyHead): void {
    this.#isReusable = head.isReusable;
    this.keepAlive = head.headers['keep-alive'];
    this.#exchange?.onHead(head, this);
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    if (!this.#exchange) return;
    const copy = Buffer.allocUnsafe(to - from);
    bytes.copy(copy, 0, from, to);
    this.#exchange.onBody(copy);
  }

  #onOpen(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.ask();
  }

  #onBytes(bytes: Buffer): void {
    if (this.#state === 'gone') return;
    if (this.#state !== 'asked') return this.#die(new WireFault('NOT_HTTP', 'bytes that nobody asked for'));
    try {
      const hasMore = this.#parser.push(bytes);
      if (this.#parser.isOver) this.#finish(hasMore);
    } catch (thrown) {
      this.#die(thrown);
    }
  }

  #onEnd(): void {
    if (this.#state !== 'asked') return this.#die(new WireFault('CLOSED', 'closed by the other side'));
    try {
      this.#parser.end();
      this.#finish(true);
    } catch (thrown) {
      this.#die(thrown);
    }
  }

  /** The reply is complete. A request that the provider didn't want to hear to its end can't be followed by another. */
  #finish(isSpent: boolean): void {
    if (this.#state === 'gone') return;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (isSpent || !this.#isReusable || this.#isSending || this.#socket.writableLength > 0) this.#die(undefined);
    else {
      this.#state = 'open';
      this.#parser.reset();
      if (this.#isPaused) this.resume();
      this.#keeper.onFree(this);
    }
    exchange?.onEnd();
  }

  #die(reason: unknown): void {
    if (this.#state === 'gone') return;
    const exchange = this.#exchange;
    const isUnsent = this.#state === 'open';
    this.#exchange = undefined;
    this.#state = 'gone';
    this.#socket.destroy();
    this.#keeper.onGone(this, isUnsent ? exchange : undefined);
    if (!isUnsent) exchange?.onFailure(reason);
  }
}

function onePiece(head: string, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 'latin1');
  body.copy(bytes, head.length);
  return bytes;
}

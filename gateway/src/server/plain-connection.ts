import type { Socket } from 'node:net';
import type { RosterMember } from '../model/roster.ts';
import { refuseBroken } from './broken.ts';
import type { Exchange } from './exchange.ts';
import { PlainExchange, type PlainLine } from './plain-exchange.ts';
import { plainHead } from './plain-head.ts';

/** What the connections of one server have in common. */
export interface PlainDoor {
  readonly headerBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly serve: (exchange: Exchange) => void;
  /** Gives a connection to Node's own server for the rest of its life, with what came on it. */
  readonly handOver: (socket: Socket, bytes: Buffer) => void;
  /** Whether connections may be kept open. */
  readonly isReady: () => boolean;
  readonly clockMs: () => number;
  readonly newId: () => string;
  /** The header lines that every answer ends with. */
  readonly lastLines: (isLast: boolean) => string;
  readonly closed: (connection: PlainConnection) => void;
}

/** Bytes behind a request that is being answered wait here, up to this many. */
const BEHIND_BYTES_MAX = 16 * 1024;
/** Time for a caller to hear the last answer before its connection is cut. */
const LAST_ANSWER_MS = 2000;

/**
 * One connection from a caller. It answers requests in the plainest form of HTTP, which is what clients send nearly
 * always; at the first one in another form Node's own server takes the connection over.
 */
export class PlainConnection implements PlainLine, RosterMember {
  rosterIndex = -1;
  readonly #socket: Socket;
  readonly #door: PlainDoor;
  #exchange: PlainExchange | undefined;
  #behind: Buffer[] = [];
  #behindBytes = 0;
  #dueMs: number;
  #requests = 0;
  #isEnding = false;

  constructor(socket: Socket, door: PlainDoor) {
    this.#socket = socket;
    this.#door = door;
    this.#dueMs = door.clockMs() + door.headersTimeoutMs;
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  write(bytes: Buffer | string): boolean {
    return typeof bytes === 'string' ? this.#socket.write(bytes, 'latin1') : this.#socket.write(bytes);
  }

  together(write: () => void): void {
    this.#socket.cork();
    write();
    this.#socket.uncork();
  }

  readonly abandon = (): void => {
    this.#socket.destroy();
  };

  listen(isListening: boolean): void {
    if (isListening) this.#socket.resume();
    else this.#socket.pause();
  }

  lastLines(isLast: boolean): string {
    return this.#door.lastLines(isLast);
  }

  answered(isLast: boolean): void {
    if (isLast || !this.#door.isReady()) this.#end();
    else if (this.#exchange?.missing === 0) this.#next();
    else this.listen(true); // the rest of a body that nobody wanted
  }

  /** Ends the connection when nothing is going on; otherwise that happens after the answer. */
  endWhenIdle(): void {
    if (!this.#exchange) this.#socket.destroySoon();
  }

  /** Cuts the connection when its caller has been too slow. */
  look(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    this.#dueMs = Number.POSITIVE_INFINITY;
    const isSilent = this.#exchange ? this.#exchange.isAnswered : this.#requests > 0;
    if (this.#isEnding || isSilent) this.#socket.destroy();
    else {
      refuseBroken('408 Request Timeout', this.#socket);
      this.#end();
    }
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#isEnding) return;
    if (this.#exchange) this.#during(this.#exchange, bytes);
    else this.#begin(bytes);
  };

  readonly #onDrain = (): void => {
    if (this.#exchange?.isComplete) this.#next();
    else this.#exchange?.drained();
  };

  /** A caller that has stopped speaking has hung up. */
  readonly #onEnd = (): void => {
    if (this.#exchange && !this.#exchange.isComplete) this.#socket.destroy();
    else this.#socket.end();
  };

  readonly #onError = (): void => undefined; // 'close' follows

  readonly #onClose = (): void => {
    this.#isEnding = true;
    this.#door.closed(this);
    this.#exchange?.gone();
  };

  #begin(bytes: Buffer): void {
    const head = plainHead(bytes, this.#door.headerBytesMax);
    if (!head || bytes.length > head.headBytes + head.bodyBytes) {
      this.#handOver(bytes);
      return;
    }
    const exchange = new PlainExchange(head, this, this.#door.newId());
    this.#exchange = exchange;
    this.#requests += 1;
    if (bytes.length > head.headBytes) exchange.take(bytes.subarray(head.headBytes));
    this.#dueMs = exchange.missing > 0 ? this.#door.clockMs() + this.#door.requestTimeoutMs : Number.POSITIVE_INFINITY;
    this.#door.serve(exchange);
  }

  #during(exchange: PlainExchange, bytes: Buffer): void {
    const size = Math.min(exchange.missing, bytes.length);
    if (size > 0) {
      exchange.take(size === bytes.length ? bytes : bytes.subarray(0, size));
      if (exchange.missing === 0) this.#dueMs = Number.POSITIVE_INFINITY;
    }
    if (size < bytes.length) this.#keepBehind(size === 0 ? bytes : bytes.subarray(size));
    if (exchange.missing === 0 && exchange.isComplete) this.#next();
  }

  #keepBehind(bytes: Buffer): void {
    this.#behind.push(bytes);
    this.#behindBytes += bytes.length;
    if (this.#behindBytes > BEHIND_BYTES_MAX) this.listen(false);
  }

  /** The connection is free for another request, once the caller has taken what it was told. */
  #next(): void {
    if (this.#socket.writableNeedDrain) return;
    this.#exchange = undefined;
    this.#dueMs = this.#door.clockMs() + this.#door.keepAliveTimeoutMs;
    if (this.#behindBytes === 0) return;
    const bytes = Buffer.concat(this.#behind);
    this.#behind = [];
    this.#behindBytes = 0;
    this.listen(true);
    this.#begin(bytes);
  }

  #end(): void {
    this.#isEnding = true;
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.listen(true); // what still comes is read away, so that the answer isn't lost in a reset
    this.#socket.end(() => (this.#dueMs = this.#door.clockMs() + LAST_ANSWER_MS));
  }

  #handOver(bytes: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('drain', this.#onDrain);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    this.#door.closed(this);
    this.#door.handOver(socket, bytes);
  }
}

import { Connection, type ConnectionKeeper } from './connection.ts';
import type { Ticker } from './deadlines.ts';
import type { Carrier, Exchange } from './exchange.ts';
import { WireFault } from './wire-fault.ts';

/** How often idle connections are looked at. */
const LOOK_MS = 1000;
/** Longest that a connection is kept idle. */
const KEEP_ALIVE_MS = 30_000;
/** So much earlier than the provider says is a connection given up, lest a request meets it closing. */
const KEEP_ALIVE_MARGIN_MS = 2000;

/** What a pool is made with. */
export interface PoolSettings {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  readonly connectionsMax: number;
  readonly ticker: Ticker;
}

/** The connections of one origin, kept between requests; the one used last is used first. */
export class ConnectionPool implements ConnectionKeeper, Carrier {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  session: Buffer | undefined;
  readonly #connectionsMax: number;
  readonly #ticker: Ticker;
  readonly #open = new Set<Connection>();
  readonly #idle: Connection[] = [];
  /** Requests that wait for a connection, in order. */
  readonly #waiting = new Set<Exchange>();
  #starting: Connection[] = [];
  #looking: ReturnType<Ticker> | undefined;
  #isClosed = false;

  constructor({ origin, connectTimeoutMs, connectionsMax, ticker }: PoolSettings) {
    this.origin = origin;
    this.connectTimeoutMs = connectTimeoutMs;
    this.#connectionsMax = connectionsMax;
    this.#ticker = ticker;
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#open.size;
  }

  /** Sends a request over the first connection that is free. */
  carry(exchange: Exchange): void {
    const connection = this.#idle.pop();
    if (connection) this.#begin(connection, exchange);
    else if (this.#open.size < this.#connectionsMax) this.#open.add(new Connection(this, exchange));
    else {
      exchange.carrier = this;
      this.#waiting.add(exchange);
    }
  }

  /** Ends every connection and whatever is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#looking?.stop();
    const reason = new WireFault('CLOSED', 'the gateway closed its connections');
    const closing = [...this.#open].map((connection) => connection.destroy(reason));
    for (const exchange of this.#waiting) exchange.onFailure(reason);
    await Promise.all(closing);
  }

  abandon(exchange: Exchange): void {
    this.#waiting.delete(exchange);
  }

  onFree(connection: Connection): void {
    if (lookMax(connection.keepAlive) <= 0) return void connection.destroy(new WireFault('CLOSED', 'not kept'));
    const next = this.#nextWaiting();
    if (next) return this.#begin(connection, next);
    connection.idleLooks = 0;
    this.#idle.push(connection);
    this.#looking ??= this.#ticker(() => this.#look(), LOOK_MS);
  }

  onGone(connection: Connection, unsent: Exchange | undefined): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    if (this.#isClosed) return unsent?.onFailure(new WireFault('CLOSED', 'the gateway closed its connections'));
    // Not a byte of it was sent, so that it can be sent again.
    const next = unsent ?? this.#nextWaiting();
    if (next) this.carry(next);
  }

  #nextWaiting(): Exchange | undefined {
    for (const exchange of this.#waiting) {
      this.#waiting.delete(exchange);
      return exchange;
    }
    return undefined;
  }

  /**
   * A connection that was used before is asked only after everything has been read that had already come: if the provider
   * has closed it meanwhile, or sent what nobody asked for, that is noticed first.
   */
  #begin(connection: Connection, exchange: Exchange): void {
    connection.take(exchange);
    this.#starting.push(connection);
    if (this.#starting.length === 1) setImmediate(this.#start);
  }

  readonly #start = (): void => {
    const starting = this.#starting;
    this.#starting = [];
    for (const connection of starting) connection.ask();
  };

  #look(): void {
    const spent = this.#idle.filter((connection) => (connection.idleLooks += 1) >= lookMax(connection.keepAlive));
    for (const connection of spent) void connection.destroy(new WireFault('CLOSED', 'idle for too long'));
    for (const connection of this.#idle) connection.letGo();
    if (this.#idle.length > 0) return;
    this.#looking?.stop();
    this.#looking = undefined;
  }
}

/** How many looks an idle connection outlives, by what the provider says about it. */
function lookMax(keepAlive: string | undefined): number {
  const [, seconds] = (keepAlive && /timeout=(\d{1,9})/.exec(keepAlive)) || [];
  if (seconds === undefined) return KEEP_ALIVE_MS / LOOK_MS;
  return Math.min(KEEP_ALIVE_MS, Number(seconds) * 1000 - KEEP_ALIVE_MARGIN_MS) / LOOK_MS;
}

import type { Deadlines, Transport, TransportOptions, UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import { intervalTicker } from './deadlines.ts';
import { Exchange } from './exchange.ts';
import { ConnectionPool } from './pool.ts';
import { requestHead } from './request-head.ts';

/** Limits of the connections to providers. */
export interface UpstreamSettings {
  readonly connectTimeoutMs: number;
  readonly connectionsPerOriginMax: number;
}

/** The one file that opens connections out. Redirects are never followed: a prompt goes where the operator said. */
export interface HttpTransport {
  readonly send: Transport;
  readonly close: () => Promise<void>;
}

/** Connections to providers, one pool per origin, kept open between requests. */
export function httpTransport(
  { connectTimeoutMs, connectionsPerOriginMax }: UpstreamSettings,
  deadlines: Deadlines,
): HttpTransport {
  const pools = new Map<string, ConnectionPool>();
  const poolOf = (origin: string): ConnectionPool => {
    let pool = pools.get(origin);
    if (!pool) {
      pool = new ConnectionPool({
        origin: new URL(origin),
        connectTimeoutMs,
        connectionsMax: connectionsPerOriginMax,
        ticker: intervalTicker,
      });
      pools.set(origin, pool);
    }
    return pool;
  };
  return {
    send: (request, options) => exchanged(poolOf(request.origin), request, options, deadlines),
    close: async () => {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.close()));
    },
  };
}

function exchanged(
  pool: ConnectionPool,
  request: UpstreamRequest,
  options: TransportOptions,
  deadlines: Deadlines,
): Promise<UpstreamResponse> {
  return new Promise((resolve, reject) => {
    const head = requestHead(request, pool.origin.host);
    const exchange = new Exchange({ request, head }, options, deadlines, { resolve, reject });
    if (options.cancellation.reason) return;
    try {
      pool.carry(exchange);
    } catch (thrown) {
      exchange.onFailure(thrown);
    }
  });
}

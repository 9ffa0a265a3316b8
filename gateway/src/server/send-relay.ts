import { dialects } from '../dialects/index.ts';
import { GatewayError } from '../model/error.ts';
import type { Relayed } from '../passthrough/relay-desk.ts';
import type { Trail } from '../pipeline/trail.ts';
import type { ServerPorts } from './contract.ts';
import { sendBytes, type Exchange } from './exchange.ts';
import { flushed } from './flushed.ts';
import { report } from './refuse.ts';
import { replyHeaders } from './send-reply.ts';

const NOTHING = Buffer.alloc(0);
/** Statuses whose answers have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** Sends what a provider answers as fast as the caller reads it. A failure in the middle ends it so that nobody takes it for whole. */
export async function sendRelay(exchange: Exchange, relayed: Relayed, trail: Trail, ports: ServerPorts): Promise<void> {
  const { status, headers, pieces } = relayed;
  const isBodiless = BODILESS.has(status) || exchange.method === 'HEAD';
  if (!isBodiless) exchange.begin(status, replyHeaders(trail, headers));
  try {
    for await (const piece of pieces) {
      if (!isBodiless && !exchange.write(piece)) await flushed(exchange, ports);
    }
    if (isBodiless) sendBytes(exchange, status, NOTHING, replyHeaders(trail, headers));
    else exchange.end();
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    report(error, exchange.requestId, ports);
    if (isBodiless || exchange.isGone || !isEventStream(headers)) return exchange.abandon();
    const said = dialects[trail.turn.dialect].encodeError(error, exchange.requestId);
    exchange.write(Buffer.concat([Buffer.from('\n\nevent: error\ndata: '), said, Buffer.from('\n\n')]));
    exchange.end();
  }
}

function isEventStream(headers: readonly string[]): boolean {
  return /event-stream/i.test(headers[headers.indexOf('content-type') + 1] ?? '');
}

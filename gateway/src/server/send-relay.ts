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

/** Keeps the beginning of an answer back, so that one that ends soon can say its cost. */
class HeldBeginning {
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** `false` when no more is kept. */
  take(piece: Buffer): boolean {
    this.#size += piece.length;
    if (this.#size > this.#bytesMax) return false;
    this.#parts.push(piece);
    return true;
  }

  /** What was kept, and what comes behind it. */
  with(piece: Buffer): Buffer {
    const parts = this.#parts;
    this.#parts = [];
    return parts.length === 0 ? piece : Buffer.concat([...parts, piece]);
  }
}

/** Sends what a provider answers as fast as the caller reads it. A failure in the middle ends it so that nobody takes it for whole. */
export async function sendRelay(exchange: Exchange, relayed: Relayed, trail: Trail, ports: ServerPorts): Promise<void> {
  const { status, headers, pieces, heldBytesMax } = relayed;
  const isBodiless = BODILESS.has(status) || exchange.method === 'HEAD';
  const held = new HeldBeginning(heldBytesMax);
  const begin = (): void => exchange.begin(status, replyHeaders(trail, headers));
  if (!isBodiless && heldBytesMax === 0) begin();
  try {
    for await (const piece of pieces) {
      if (isBodiless || held.take(piece)) continue;
      if (!exchange.isAnswered) begin();
      if (!exchange.write(held.with(piece))) await flushed(exchange, ports);
    }
    if (isBodiless) sendBytes(exchange, status, NOTHING, replyHeaders(trail, headers));
    else if (exchange.isAnswered) exchange.end();
    else sendBytes(exchange, status, held.with(NOTHING), replyHeaders(trail, headers));
  } catch (thrown) {
    if (!isBodiless && !exchange.isAnswered) throw thrown;
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

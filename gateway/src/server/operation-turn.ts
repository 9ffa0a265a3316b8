import { GatewayError } from '../model/error.ts';
import type { OperationId } from '../model/operation.ts';
import type { Turn } from '../model/turn.ts';
import type { Trail } from '../pipeline/trail.ts';
import type { Engine, ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { inPlace } from './in-place.ts';
import { refuse } from './refuse.ts';
import { replyHeaders } from './send-reply.ts';

/** The turn of an operation, from what its request said. */
export function operationTurn<Operation extends OperationId>(
  { requestId: id, headers, cancellation }: Pick<Exchange, 'requestId' | 'headers' | 'cancellation'>,
  {
    caller,
    dialect,
    ask,
    operation,
    unitsMax,
    switches,
    ownFields,
    warnings,
  }: Pick<Turn, 'caller' | 'dialect' | 'ask' | 'unitsMax' | 'switches' | 'ownFields' | 'warnings'> & {
    readonly operation: Operation;
  },
): Turn & { readonly operation: Operation } {
  return {
    id,
    caller,
    dialect,
    operation,
    ask,
    unitsMax,
    switches,
    ownFields,
    warnings,
    cancellation,
    headers: headers as Turn['headers'],
  };
}

/** Does the work of a turn in a place for it, within its total time, and where a shutdown finds it. */
export function inTime(
  { exchange, turn }: { readonly exchange: Exchange; readonly turn: Turn },
  engine: Pick<Engine, 'totalTimeoutMs'>,
  ports: ServerPorts,
  work: () => Promise<void>,
): Promise<void> {
  return inPlace(exchange, turn, ports, () => timed(turn, engine, ports, work));
}

async function timed(
  { cancellation, switches }: Turn,
  { totalTimeoutMs }: Pick<Engine, 'totalTimeoutMs'>,
  { deadlines, inFlight }: ServerPorts,
  work: () => Promise<void>,
): Promise<void> {
  const total = deadlines(() => cancellation.cancel(new GatewayError('upstream.timeout', OUT_OF_TIME)));
  total.set(switches.timeoutMs ?? totalTimeoutMs);
  inFlight.add(cancellation);
  try {
    await work();
  } finally {
    inFlight.delete(cancellation);
    total.clear();
  }
}

/** What is said when a turn's time is up. */
export const OUT_OF_TIME = 'The request took longer than its total time allows (total timer).';

/** Ends a turn that failed before anything was said, and says so. */
export async function refusedTurn(
  exchange: Exchange,
  trail: Trail,
  error: GatewayError,
  ports: ServerPorts,
): Promise<void> {
  await trail.close({ end: 'failed', usage: undefined, usageEstimated: false, error, blind: false });
  refuse(exchange, { dialect: trail.turn.dialect, error, headers: replyHeaders(trail) }, ports);
}

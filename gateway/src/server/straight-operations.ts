import { authenticate } from '../access/authenticate.ts';
import { overruled } from '../access/overruling.ts';
import { refuseUnmetered } from '../access/unmetered.ts';
import type { GatewayError } from '../model/error.ts';
import type { OperationId } from '../model/operation.ts';
import type { BodyStream } from '../model/upstream.ts';
import { closedBy } from '../passthrough/passage.ts';
import { finished, refuseUninspected, relay, relayAsk } from '../passthrough/relay-desk.ts';
import { admitted } from '../passthrough/straight.ts';
import { Trail } from '../pipeline/trail.ts';
import type { UpstreamResponse } from '../model/upstream.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendBytes, type Exchange } from './exchange.ts';
import { inTime, operationTurn, refusedTurn } from './operation-turn.ts';
import { turnAway } from './refuse.ts';
import { sendRelay } from './send-relay.ts';
import { replyHeaders } from './send-reply.ts';
import { wishes } from './switches.ts';

/** An operation that goes to one place, whatever it says. */
export interface StraightOperation {
  readonly id: OperationId;
  /** What records call it, in place of a model. */
  readonly name: string;
  /** Whether it may cost what nobody here can count. */
  readonly isUnmetered: boolean;
  /** Whether what is said in it leaves for a provider. */
  readonly saysSomething: boolean;
  /** Asks, and gives the answer: whole, or as it comes. */
  readonly ask: (trail: Trail) => Promise<Buffer | UpstreamResponse>;
}

/** Serves one. Whoever may is asked for first; a stranger's body isn't even read. Never throws. */
export async function straightOperation(
  exchange: Exchange,
  prepare: () => StraightOperation,
  engine: Engine,
  ports: ServerPorts,
): Promise<void> {
  const { passage } = engine.operations;
  let operation: StraightOperation;
  let trail: Trail;
  try {
    const caller = authenticate(exchange.headers, engine.keyring);
    operation = prepare();
    const wished = wishes({}, exchange.headers);
    const { switches, warnings } = overruled(wished.switches, caller, engine.overruling);
    const ask = relayAsk({ model: operation.name, stream: false, texts: [] });
    const turn = operationTurn(exchange, {
      ...wished,
      switches,
      warnings,
      caller,
      dialect: 'openai-chat',
      ask,
      operation: operation.id,
    });
    if (operation.isUnmetered) refuseUnmetered(caller, operation.id, passage.limits.unmetered);
    if (operation.saysSomething) refuseUninspected(turn, passage);
    trail = new Trail(turn, ports.onRecord, ports.clocks);
  } catch (thrown) {
    turnAway(exchange, 'openai-chat', thrown, ports);
    return;
  }
  const { turn } = trail;
  await inTime({ exchange, turn }, engine, ports, async () => {
    try {
      await admitted(trail, passage);
      const answer = await operation.ask(trail);
      if (!Buffer.isBuffer(answer)) {
        await sendRelay(exchange, relay(trail, answer, passage.limits.replyBytesMax), trail, ports);
        return;
      }
      await finished(trail, undefined);
      sendBytes(exchange, 200, answer, replyHeaders(trail, ['content-type', 'application/json']));
    } catch (thrown) {
      const error: GatewayError = await closedBy(trail, thrown);
      await refusedTurn(exchange, trail, error, ports);
    }
  });
}

/** A body that is passed on as it comes. */
export function streamed(exchange: Exchange, { operations }: Engine): BodyStream {
  const { fileBytesMax: bytesMax } = operations.passage.limits;
  const length = exchange.headers['content-length'];
  return {
    bytes: typeof length === 'string' ? Number(length) : undefined,
    pieces: exchange.bodyPieces({ bytesMax, setting: 'operations.fileBytesMax' }),
  };
}

import { authenticate } from '../access/authenticate.ts';
import { permitted } from '../access/overruling.ts';
import { GatewayError } from '../model/error.ts';
import type { Turn } from '../model/turn.ts';
import { answeredTexts, type TextCall, textCall } from '../passthrough/text-desk.ts';
import type { TextOperation } from '../passthrough/contract.ts';
import { Trail } from '../pipeline/trail.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendBytes, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { inTime, operationTurn, refusedTurn } from './operation-turn.ts';
import { turnAway } from './refuse.ts';
import { replyHeaders } from './send-reply.ts';
import { wishes } from './switches.ts';

/** Which operation a route serves, and what it makes of a body whose path says the model. */
export interface TextRoute {
  readonly operation: TextOperation;
  readonly named?: (bytes: Buffer) => Buffer;
}

const same = (bytes: Buffer): Buffer => bytes;

/** Serves one operation about texts (embeddings, rerank, moderations): who asks, what, the line, and the answer. Never throws. */
export async function textOperation(
  exchange: Exchange,
  { operation, named = same }: TextRoute,
  engine: Engine,
  ports: ServerPorts,
): Promise<void> {
  let turn: Turn;
  let call: TextCall;
  try {
    const caller = authenticate(exchange.headers, engine.keyring);
    const bytes = named(await exchange.readBody(engine.bodyBytesMax));
    const body = jsonObject(bytes);
    const wished = wishes(body, exchange.headers);
    call = textCall(operation, { dialect: 'openai-chat', bytes, body }, engine.operations.passage.limits);
    turn = operationTurn(exchange, {
      ...wished,
      caller,
      dialect: 'openai-chat',
      ask: call.ask,
      unitsMax: call.asked.unitsMax,
      operation: operation.id,
    });
    turn = permitted(turn, engine.overruling);
  } catch (thrown) {
    turnAway(exchange, 'openai-chat', thrown, ports);
    return;
  }
  await inTime({ exchange, turn }, engine, ports, async () => {
    const trail = new Trail(turn, ports.onRecord, ports.clocks);
    try {
      const { bytes } = await answeredTexts(trail, call, engine.operations.passage);
      sendBytes(exchange, 200, bytes, replyHeaders(trail, ['content-type', 'application/json']));
    } catch (thrown) {
      await refusedTurn(exchange, trail, GatewayError.from(thrown), ports);
    }
  });
}

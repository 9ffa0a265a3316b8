import { authenticate } from '../access/authenticate.ts';
import { permitted } from '../access/overruling.ts';
import { GatewayError } from '../model/error.ts';
import type { Turn } from '../model/turn.ts';
import { type CountCall, counted, readCount } from '../passthrough/count-tokens.ts';
import { Trail } from '../pipeline/trail.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendBytes, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { inTime, operationTurn, refusedTurn } from './operation-turn.ts';
import { turnAway } from './refuse.ts';
import { replyHeaders } from './send-reply.ts';
import { wishes } from './switches.ts';

const DIALECT = 'anthropic-messages';

/** `POST /v1/messages/count_tokens`: how long a conversation is. Never throws. */
export async function countTokens(exchange: Exchange, engine: Engine, ports: ServerPorts): Promise<void> {
  let turn: Turn;
  let call: CountCall;
  try {
    const caller = authenticate(exchange.headers, engine.keyring);
    const bytes = await exchange.readBody(engine.bodyBytesMax);
    const body = jsonObject(bytes);
    const wished = wishes(body, exchange.headers);
    call = readCount({ dialect: DIALECT, bytes, body });
    turn = operationTurn(exchange, { ...wished, caller, dialect: DIALECT, ask: call.ask, operation: 'count-tokens' });
    turn = permitted(turn, engine.overruling);
  } catch (thrown) {
    turnAway(exchange, DIALECT, thrown, ports);
    return;
  }
  await inTime({ exchange, turn }, engine, ports, async () => {
    const trail = new Trail(turn, ports.onRecord, ports.clocks);
    try {
      const { passage, countText } = engine.operations;
      const bytes = await counted(trail, call, passage, countText);
      sendBytes(exchange, 200, bytes, replyHeaders(trail, ['content-type', 'application/json']));
    } catch (thrown) {
      await refusedTurn(exchange, trail, GatewayError.from(thrown), ports);
    }
  });
}

import { authenticate } from '../access/authenticate.ts';
import { permitted } from '../access/overruling.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { RequestHeaders, Turn } from '../model/turn.ts';
import type { CountCall } from '../passthrough/count-forms.ts';
import { counted, readCount } from '../passthrough/count-tokens.ts';
import { Trail } from '../pipeline/trail.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendBytes, type Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { inTime, operationTurn, refusedTurn } from './operation-turn.ts';
import { turnAway } from './refuse.ts';
import { replyHeaders } from './send-reply.ts';
import { type Wishes, wishes } from './switches.ts';

/** How one wire asks how long a conversation is. */
export interface CountRoute {
  readonly dialect: DialectId;
  /** The headers that say who asks, where those of the request don't say it alone. */
  readonly headers?: (exchange: Exchange) => RequestHeaders;
  /** Reads a question. Throws `request.invalid`. */
  readonly read: (bytes: Buffer, headers: RequestHeaders) => Wishes & { readonly call: CountCall };
}

/** `/v1/messages/count_tokens`, as Anthropic's clients ask it. */
export const anthropicCount: CountRoute = {
  dialect: 'anthropic-messages',
  read: (bytes, headers) => {
    const body = jsonObject(bytes);
    return { ...wishes(body, headers), call: readCount({ dialect: 'anthropic-messages', bytes, body }) };
  },
};

/** Answers how long a conversation is. Never throws. */
export async function countTokens(
  exchange: Exchange,
  { dialect, headers: headersOf, read }: CountRoute,
  engine: Engine,
  ports: ServerPorts,
): Promise<void> {
  let turn: Turn;
  let call: CountCall;
  try {
    const headers = headersOf?.(exchange) ?? exchange.headers;
    const caller = authenticate(headers, engine.keyring);
    const bytes = await exchange.readBody(engine.bodyBytesMax);
    const { call: said, ...wished } = read(bytes, headers);
    call = said;
    turn = operationTurn(exchange, { ...wished, caller, dialect, ask: call.ask, operation: 'count-tokens' });
    turn = permitted(turn, engine.overruling);
  } catch (thrown) {
    turnAway(exchange, dialect, thrown, ports);
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

import { authenticate } from '../access/authenticate.ts';
import { permitted } from '../access/overruling.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { Caller, RequestHeaders, Turn } from '../model/turn.ts';
import { Trail } from '../pipeline/trail.ts';
import { answered } from './answered.ts';
import type { Engine, ServerPorts } from './contract.ts';
import type { Speech } from './egress.ts';
import { fanOut, modelsNamed } from './fan-out.ts';
import { inPlace } from './in-place.ts';
import type { Exchange } from './exchange.ts';
import type { Call } from './ingress.ts';
import { listed } from './listed-speech.ts';
import { OUT_OF_TIME } from './operation-turn.ts';
import { refuse, turnAway } from './refuse.ts';
import { replyHeaders, sendStream, sendWhole } from './send-reply.ts';

/** How one route reads its body. */
export interface ChatRoute {
  readonly dialect: DialectId;
  readonly read: (bytes: Buffer, exchange: Exchange) => Call;
  /** The headers, where the key may stand elsewhere. Throws `key.invalid`. */
  readonly headers?: (exchange: Exchange) => RequestHeaders;
  /** Whether a stream is said as one growing list, not as events. */
  readonly isList?: (exchange: Exchange) => boolean;
}

/** Serves one chat: who is asking, what, the line, and the reply in the caller's own dialect. Never throws. */
export async function chat(exchange: Exchange, route: ChatRoute, engine: Engine, ports: ServerPorts): Promise<void> {
  let caller: Caller;
  try {
    // Who is asking comes first: a stranger's body isn't even read.
    caller = authenticate(route.headers?.(exchange) ?? exchange.headers, engine.keyring);
  } catch (thrown) {
    turnAway(exchange, route.dialect, thrown, ports);
    return;
  }
  const { dialect } = route;
  await inPlace(exchange, { caller, dialect }, ports, () => serve(exchange, { route, caller }, engine, ports));
}

interface Asked {
  readonly route: ChatRoute;
  readonly caller: Caller;
}

async function serve(exchange: Exchange, { route, caller }: Asked, engine: Engine, ports: ServerPorts): Promise<void> {
  let turn: Turn;
  let models: readonly string[] | undefined;
  try {
    turn = turnOf(exchange, route, caller, await exchange.readBody(engine.bodyBytesMax));
    models = modelsNamed(turn, engine);
    if (!models) turn = permitted(turn, engine.overruling);
  } catch (thrown) {
    turnAway(exchange, route.dialect, thrown, ports);
    return;
  }
  const { cancellation } = exchange;
  const total = ports.deadlines(() => cancellation.cancel(new GatewayError('upstream.timeout', OUT_OF_TIME)));
  // What a turn of several models may wish is looked into for each of them.
  total.set((models ? undefined : turn.switches.timeoutMs) ?? engine.totalTimeoutMs);
  ports.inFlight.add(cancellation);
  try {
    if (models) return await fanOut(exchange, { turn, models }, engine, ports);
    const trail = new Trail(turn, ports.onRecord, ports.clocks);
    await answer({ exchange, trail, isList: route.isList?.(exchange) ?? false }, engine, ports);
  } finally {
    ports.inFlight.delete(cancellation);
    total.clear();
  }
}

function turnOf(exchange: Exchange, route: ChatRoute, caller: Caller, body: Buffer): Turn {
  const { ask, switches, ownFields, warnings } = route.read(body, exchange);
  return {
    id: exchange.requestId,
    caller,
    dialect: route.dialect,
    ask,
    switches,
    ownFields,
    warnings,
    cancellation: exchange.cancellation,
    headers: exchange.headers as Readonly<Record<string, string | undefined>>,
  };
}

interface Answering {
  readonly exchange: Exchange;
  readonly trail: Trail;
  readonly isList: boolean;
}

async function answer({ exchange, trail, isList }: Answering, engine: Engine, ports: ServerPorts): Promise<void> {
  const { ask, dialect } = trail.turn;
  let spoken: Speech | undefined;
  try {
    spoken = await answered(trail, engine.pipeline, ports.clocks.nowMs());
    if (ask.head.stream) await sendStream(exchange, isList ? listed(spoken) : spoken, trail, ports);
    else await sendWhole(exchange, spoken, trail);
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    await spoken?.stop(error);
    await trail.close({ end: 'failed', usage: undefined, usageEstimated: false, error, blind: false });
    refuse(exchange, { dialect, error, headers: replyHeaders(trail) }, ports);
  }
}

import { permitted } from '../access/overruling.ts';
import { dialects } from '../dialects/index.ts';
import { GatewayError } from '../model/error.ts';
import { Ask } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { Trail } from '../pipeline/trail.ts';
import { answered } from './answered.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { sendBytes, type Exchange } from './exchange.ts';
import { OUT_OF_TIME } from './operation-turn.ts';
import { report } from './refuse.ts';

/**
 * The models of a request that names several, with commas between them, as LiteLLM takes it; `undefined` for one that names
 * one. Throws `request.invalid` when they are too many, or a stream is wanted.
 */
export function modelsNamed({ ask, dialect }: Turn, engine: Engine): readonly string[] | undefined {
  const { model, stream } = ask.head;
  if (!model.includes(',') || dialect !== 'openai-chat') return undefined;
  if (engine.listedModels().some(({ name }) => name === model)) return undefined;
  const names = model.split(',').map((name) => name.trim());
  // A provider may have names with commas in them, of which we know nothing.
  const { serves } = engine.routes;
  if (serves(model) && !names.every(serves)) return undefined;
  const most = engine.routes.fanOutMax;
  if (names.some((name) => name === '')) throw wrong('names no model between two commas');
  if (names.length > most)
    throw wrong(`names ${names.length} models; at most ${most} may be asked (routing.fanOutMax)`);
  if (stream) throw wrong('names several models, whose answers can’t be one stream; ask without `stream`');
  return names;
}

function wrong(what: string): GatewayError {
  return new GatewayError('request.invalid', `model: ${what}.`, { param: 'model' });
}

/** What came of asking one of the models. */
interface Part {
  readonly status: number;
  readonly body: Buffer;
}

/** Asks each of these models, side by side, and answers with a list of their replies in the order they were named. */
export async function fanOut(
  exchange: Exchange,
  { turn, models }: { readonly turn: Turn; readonly models: readonly string[] },
  engine: Engine,
  ports: ServerPorts,
): Promise<void> {
  const parts = await Promise.all(
    models.map((model, index) =>
      part({ ...turn, id: `${turn.id}-${index + 1}`, ask: askOf(turn, model) }, engine, ports),
    ),
  );
  const wellDone = parts.find(({ status }) => status === 200);
  const body = Buffer.concat([
    Buffer.from('['),
    ...parts.flatMap((one, index) => (index === 0 ? [one.body] : [Buffer.from(','), one.body])),
    Buffer.from(']'),
  ]);
  if (turn.cancellation.reason) exchange.abandon();
  else sendBytes(exchange, (wellDone ?? parts[0])?.status ?? 200, body, ['content-type', 'application/json']);
}

/** The same question to one of them. */
function askOf({ ask }: Turn, model: string): Ask {
  return Ask.made({ ...ask.look(), model });
}

/** A turn of its own: its key's models, limits, budget and record are as if it had come alone. Never throws. */
async function part(turn: Turn, engine: Engine, ports: ServerPorts): Promise<Part> {
  const patience = ports.deadlines(() => turn.cancellation.cancel(new GatewayError('upstream.timeout', OUT_OF_TIME)));
  let trail: Trail | undefined;
  try {
    const ruled = permitted(turn, engine.overruling);
    if (ruled.switches.timeoutMs !== undefined) patience.set(ruled.switches.timeoutMs);
    trail = new Trail(ruled, ports.onRecord, ports.clocks);
    const spoken = await answered(trail, engine.pipeline, ports.clocks.nowMs());
    const pieces: Buffer[] = [];
    for (let bytes = await spoken.next(); bytes; bytes = await spoken.next()) pieces.push(bytes);
    return { status: 200, body: Buffer.concat(pieces) };
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    await trail?.close({ end: 'failed', usage: undefined, usageEstimated: false, error, blind: false });
    report(error, turn.id, ports);
    return { status: error.status, body: dialects[turn.dialect].encodeError(error, turn.id) };
  } finally {
    patience.clear();
  }
}

import { authenticate } from '../access/authenticate.ts';
import { permitted } from '../access/overruling.ts';
import { GatewayError } from '../model/error.ts';
import type { OperationId } from '../model/operation.ts';
import type { Ask } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { OperationLimits } from '../passthrough/contract.ts';
import { type ReadForm, readForm } from '../passthrough/form-body.ts';
import { type JsonRelay, readJsonRelay } from '../passthrough/json-relay.ts';
import { refuseUninspected, relayAsk, type RelayCall, relayed } from '../passthrough/relay-desk.ts';
import type { RelayUnits } from '../passthrough/relay-units.ts';
import { Trail } from '../pipeline/trail.ts';
import type { Engine, ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { inTime, operationTurn, refusedTurn } from './operation-turn.ts';
import { turnAway } from './refuse.ts';
import { sendRelay } from './send-relay.ts';
import { wishes, type Wishes } from './switches.ts';

/** An operation whose form is passed on as it comes. */
export interface FormRelay {
  readonly id: OperationId;
  readonly usualModel?: string;
  /** How it is asked for in JSON, where it can be. */
  readonly json?: JsonRelay;
  /** What is paid for besides tokens: pictures that are made, or seconds that are heard. */
  readonly units: (form: ReadForm, limits: OperationLimits) => RelayUnits;
}

interface Read {
  readonly wished: Wishes;
  readonly ask: Ask;
  readonly call: RelayCall;
  /** Whether the request can be sent more than once. */
  readonly isHeld: boolean;
  /** Whether all that it says in words was read. */
  readonly isReadable: boolean;
}

/** Serves an operation that is asked for in JSON: pictures, speech. Never throws. */
export function jsonRelay(exchange: Exchange, relay: JsonRelay, engine: Engine, ports: ServerPorts): Promise<void> {
  return serve(exchange, relay.id, { engine, ports }, () => readJson(exchange, relay, engine));
}

/** Serves an operation that is asked for with a form: sounds, pictures to be changed. Never throws. */
export function formRelay(exchange: Exchange, relay: FormRelay, engine: Engine, ports: ServerPorts): Promise<void> {
  const { json } = relay;
  const isJson = /^application\/json\b/i.test(contentTypeOf(exchange) ?? '');
  return serve(exchange, relay.id, { engine, ports }, () =>
    json && isJson ? readJson(exchange, json, engine) : readUpload(exchange, relay, engine),
  );
}

async function readJson(exchange: Exchange, relay: JsonRelay, engine: Engine): Promise<Read> {
  const bytes = await exchange.readBody(engine.bodyBytesMax);
  const body = jsonObject(bytes);
  const wished = wishes(body, exchange.headers);
  const read = readJsonRelay(relay, { dialect: 'openai-chat', bytes, body }, wished.ownFields);
  return { ...read, wished, isHeld: true, isReadable: true };
}

async function readUpload(exchange: Exchange, { usualModel, units }: FormRelay, { operations }: Engine): Promise<Read> {
  const { limits } = operations.passage;
  const wished = wishes({}, exchange.headers);
  const contentType = contentTypeOf(exchange);
  const length = exchange.headers['content-length'];
  const form = {
    contentType,
    bytes: typeof length === 'string' ? Number(length) : undefined,
    pieces: exchange.bodyPieces({ bytesMax: limits.mediaBytesMax, setting: 'operations.mediaBytesMax' }),
    model: new URLSearchParams(exchange.query).get('model') ?? undefined,
    usualModel,
  };
  const read = await readForm(form, limits);
  const { model, isHeld, fields, out } = read;
  const call: RelayCall = {
    units: units(read, limits),
    bodyFor: ({ deployment }) => ({ ...out(deployment.model), contentType: contentType ?? '' }),
  };
  const stream = fields.get('stream')?.value === 'true';
  return { wished, ask: relayAsk({ model, stream, texts: [] }), call, isHeld, isReadable: false };
}

function contentTypeOf({ headers }: Exchange): string | undefined {
  const type = headers['content-type'];
  return typeof type === 'string' ? type : undefined;
}

async function serve(
  exchange: Exchange,
  operation: OperationId,
  { engine, ports }: { readonly engine: Engine; readonly ports: ServerPorts },
  read: () => Promise<Read>,
): Promise<void> {
  let turn: Turn & { readonly operation: OperationId };
  let call: RelayCall;
  try {
    const caller = authenticate(exchange.headers, engine.keyring);
    const found = await read();
    ({ call } = found);
    const { wished, ask } = found;
    const asked = operationTurn(exchange, {
      ...wished,
      caller,
      dialect: 'openai-chat',
      ask,
      unitsMax: call.units.most,
      operation,
    });
    turn = sentOnce({ ...permitted(asked, engine.overruling), operation }, found);
    if (!found.isReadable) refuseUninspected(turn, engine.operations.passage);
  } catch (thrown) {
    turnAway(exchange, 'openai-chat', thrown, ports);
    return;
  }
  await inTime({ exchange, turn }, engine, ports, async () => {
    const trail = new Trail(turn, ports.onRecord, ports.clocks);
    try {
      await sendRelay(exchange, await relayed(trail, call, engine.operations.passage), trail, ports);
    } catch (thrown) {
      await refusedTurn(exchange, trail, GatewayError.from(thrown), ports);
    }
  });
}

/** What is sent as it comes can be sent but once, whoever wishes otherwise. */
function sentOnce<T extends Turn>(turn: T, { isHeld }: Read): T {
  return isHeld ? turn : { ...turn, switches: { ...turn.switches, retriesMax: 0, disableFallbacks: true } };
}

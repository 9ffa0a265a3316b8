import { authenticate, authorizeModels } from '../access/authenticate.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { run } from '../pipeline/run.ts';
import { Trail } from '../pipeline/trail.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { readBody, sendBytes, sendError, type Exchange } from './exchange.ts';
import { speech, type Speech } from './egress.ts';
import type { Call } from './ingress.ts';
import { flushed } from './flushed.ts';

/** How one route reads its body. */
export interface ChatRoute {
  readonly dialect: DialectId;
  readonly read: (bytes: Buffer, exchange: Exchange) => Call;
}

/** Serves one chat: who is asking, what, the line, and the reply in the caller's own dialect. Never throws. */
export async function chat(exchange: Exchange, route: ChatRoute, engine: Engine, ports: ServerPorts): Promise<void> {
  const { dialect } = route;
  let turn: Turn;
  const hangUp = new HangUp(exchange);
  try {
    const caller = authenticate(exchange.request.headers, engine.keyring);
    const bytes = await readBody(exchange.request, engine.bodyBytesMax);
    const call = route.read(bytes, exchange);
    const headers = exchange.request.headers as Readonly<Record<string, string | undefined>>;
    turn = {
      id: exchange.requestId,
      caller,
      dialect,
      ask: call.ask,
      switches: call.switches,
      ownFields: call.ownFields,
      warnings: call.warnings,
      cancellation: hangUp.cancellation,
      headers,
    };
    authorizeModels(turn);
  } catch (thrown) {
    refuse(exchange, dialect, thrown, ports);
    return;
  }
  const trail = new Trail(turn, ports.onRecord, ports.clocks);
  const total = ports.deadlines(() =>
    hangUp.cancellation.cancel(
      new GatewayError('upstream.timeout', 'The request took longer than its total time allows (total timer).'),
    ),
  );
  total.set(turn.switches.timeoutMs ?? engine.totalTimeoutMs);
  ports.inFlight.add(hangUp.cancellation);
  try {
    await answer(exchange, trail, engine, ports);
  } finally {
    ports.inFlight.delete(hangUp.cancellation);
    total.clear();
    hangUp.close();
  }
}

/** Aborts the turn when the caller goes away before its answer is complete. */
class HangUp {
  readonly cancellation = new Cancellation();
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.response.on('close', this.#onClose);
  }

  close(): void {
    this.#exchange.response.off('close', this.#onClose);
  }

  readonly #onClose = (): void => {
    if (!this.#exchange.response.writableFinished)
      this.cancellation.cancel(new GatewayError('request.cancelled', 'The caller went away.'));
  };
}

async function answer(exchange: Exchange, trail: Trail, engine: Engine, ports: ServerPorts): Promise<void> {
  const { ask, dialect } = trail.turn;
  const { model, stream, usageWanted } = ask.head;
  let spoken: Speech | undefined;
  try {
    const reply = await run(engine.pipeline, trail);
    spoken = speech(reply, { dialect, form: stream ? 'sse' : 'json' }, { model, usage: usageWanted || !stream });
    if (stream) await sendStream(exchange, spoken, trail, ports);
    else await sendWhole(exchange, spoken, trail);
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    await spoken?.stop(error);
    await trail.close({ end: 'failed', usage: undefined, usageEstimated: false, error, blind: false });
    refuse(exchange, dialect, error, ports, replyHeaders(trail));
  }
}

async function sendWhole(exchange: Exchange, spoken: Speech, trail: Trail): Promise<void> {
  const pieces: Buffer[] = [];
  for (let bytes = await spoken.next(); bytes; bytes = await spoken.next()) pieces.push(bytes);
  const [first] = pieces;
  sendBytes(exchange, 200, first && pieces.length === 1 ? first : Buffer.concat(pieces), [
    'content-type',
    'application/json',
    ...replyHeaders(trail),
  ]);
}

async function sendStream(
  { response, requestId }: Exchange,
  spoken: Speech,
  trail: Trail,
  ports: ServerPorts,
): Promise<void> {
  const headers = [
    'content-type',
    'text/event-stream; charset=utf-8',
    'cache-control',
    'no-cache',
    'x-accel-buffering',
    'no',
    'x-request-id',
    requestId,
  ];
  response.writeHead(200, [...headers, ...replyHeaders(trail)]);
  try {
    for (let bytes = await spoken.next(); bytes; bytes = await spoken.next()) {
      if (!response.write(bytes)) await flushed(response, ports);
    }
  } catch (thrown) {
    // The status line is long gone, so the error is said in-band. Never end as if all were well.
    const error = GatewayError.from(thrown);
    await spoken.stop(error);
    await trail.close({ end: 'failed', usage: undefined, usageEstimated: false, error, blind: false });
    report(error, requestId, ports);
    if (!response.destroyed) response.write(spoken.failed(error));
  }
  response.end();
}

/** Names and values of what the gateway says about a reply, read off the trail as it stands at the first byte. */
function replyHeaders(trail: Trail): string[] {
  const { attempts, warnings } = trail;
  const headers = [
    'x-synthlang-attempts',
    String(attempts.length),
    'x-synthlang-overhead-ms',
    trail.overheadMs().toFixed(2),
  ];
  const last = attempts.at(-1);
  if (last)
    headers.push(
      'x-synthlang-provider',
      last.provider,
      'x-synthlang-model',
      headerText(last.model),
      'x-synthlang-fallbacks',
      String(last.fallback),
    );
  for (const warning of warnings) headers.push('x-synthlang-warning', headerText(warning));
  return headers;
}

/** Header values are printable ASCII, whatever a model is called. */
function headerText(text: string): string {
  return text.replace(/’/g, "'").replace(/[^ -~]/g, '?');
}

function refuse(
  exchange: Exchange,
  dialect: DialectId,
  thrown: unknown,
  ports: ServerPorts,
  headers: readonly string[] = [],
): void {
  const error = GatewayError.from(thrown);
  report(error, exchange.requestId, ports);
  if (error.code === 'request.cancelled') exchange.response.destroy();
  else sendError(exchange, error, dialect, headers);
}

function report(error: GatewayError, requestId: string, { onBug }: ServerPorts): void {
  if (error.code === 'gateway.bug') onBug(requestId, error.details.cause);
}

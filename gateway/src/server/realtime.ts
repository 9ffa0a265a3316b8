import { STATUS_CODES } from 'node:http';
import { authenticate } from '../access/authenticate.ts';
import { permitted } from '../access/overruling.ts';
import { refuseUnmetered } from '../access/unmetered.ts';
import { dialects } from '../dialects/index.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError, refusedField } from '../model/error.ts';
import type { FrameLine } from '../model/frame-line.ts';
import type { RequestHeaders, Turn } from '../model/turn.ts';
import { conversed } from '../passthrough/conversation.ts';
import { closedBy } from '../passthrough/passage.ts';
import { providerLine } from '../passthrough/realtime.ts';
import { refuseUninspected, relayAsk } from '../passthrough/relay-desk.ts';
import { Trail } from '../pipeline/trail.ts';
import { acceptLine, type UpgradeRequest } from './caller-line.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { goneWhileAnswered } from './exchange.ts';
import { operationTurn } from './operation-turn.ts';
import { report } from './refuse.ts';
import { wishes } from './switches.ts';

/** Where conversations begin. */
export const REALTIME_PATHS: readonly string[] = ['/v1/realtime', '/realtime'];

/** `WS /v1/realtime?model=`: carries a conversation between a caller and a provider. Never throws. */
export async function realtime(upgrade: UpgradeRequest, ports: ServerPorts): Promise<void> {
  const engine = ports.engine();
  const requestId = ports.newId();
  const cancellation = new Cancellation();
  const { socket } = upgrade;
  const gone = (): void => cancellation.cancel(goneWhileAnswered());
  socket.on('error', gone);
  socket.on('close', gone);
  let trail: Trail | undefined;
  ports.inFlight.add(cancellation);
  try {
    const url = new URL(upgrade.request.url ?? '/', 'http://localhost');
    if (!isWebSocket(upgrade, url.pathname)) throw new GatewayError('route.unknown', 'There is no such path.');
    const model = url.searchParams.get('model');
    trail = new Trail(turnOf(upgrade, { id: requestId, model, cancellation }, engine), ports.onRecord, ports.clocks);
    const open = { query: url.searchParams, open: ports.openLine };
    const provider = await providerLine(trail, engine.operations.passage, open);
    socket.off('close', gone); // from here on the line says so
    await talked(upgrade, { provider, cancellation, trail }, engine, ports);
  } catch (thrown) {
    const error = trail ? await closedBy(trail, thrown) : GatewayError.from(thrown);
    if (!trail) ports.onRefused({ requestId, dialect: 'openai-chat', status: error.status, code: error.code });
    report(error, requestId, ports);
    refuseUpgrade(upgrade, error, requestId);
  } finally {
    ports.inFlight.delete(cancellation);
  }
}

function isWebSocket({ request: { headers, method } }: UpgradeRequest, path: string): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && REALTIME_PATHS.includes(path);
}

interface Opened {
  readonly provider: FrameLine;
  readonly cancellation: Cancellation;
  readonly trail: Trail;
}

async function talked(
  upgrade: UpgradeRequest,
  { provider, cancellation, trail }: Opened,
  engine: Engine,
  { deadlines }: ServerPorts,
): Promise<void> {
  const { limits } = engine.operations.passage;
  let caller: FrameLine;
  try {
    caller = await acceptLine(upgrade, limits.frameBytesMax);
  } catch (thrown) {
    provider.cut();
    throw new GatewayError('request.invalid', 'The handshake is not one of a WebSocket.', { cause: thrown });
  }
  trail.committed();
  const { usage, error } = await conversed({ caller, provider }, limits, { deadlines, cancellation });
  const end = error === undefined ? 'finished' : error.code === 'request.cancelled' ? 'cancelled' : 'failed';
  await trail.close({ end, usage, usageEstimated: false, error, blind: false });
}

function turnOf(
  { request }: UpgradeRequest,
  {
    id,
    model,
    cancellation,
  }: { readonly id: string; readonly model: string | null; readonly cancellation: Cancellation },
  { keyring, overruling, operations }: Engine,
): Turn {
  const headers = withSubprotocols(request.headers);
  const caller = authenticate(headers, keyring);
  if (model === null || model === '') throw refusedField('model', 'must stand in the query: ?model=NAME');
  const { passage } = operations;
  const asked = operationTurn(
    { requestId: id, headers, cancellation },
    {
      ...wishes({}, headers),
      caller,
      dialect: 'openai-chat',
      ask: relayAsk({ model, stream: true, texts: [] }),
      operation: 'realtime',
    },
  );
  const turn = permitted(asked, overruling);
  refuseUnmetered(caller, 'realtime', passage.limits.unmetered);
  refuseUninspected(turn, passage);
  return turn;
}

const KEY_PROTOCOL = 'openai-insecure-api-key.';
const BETA_PROTOCOL = 'openai-beta.';

/** Browsers can't send headers with a WebSocket, so OpenAI's clients say the key as a subprotocol. */
function withSubprotocols(headers: RequestHeaders): RequestHeaders {
  const offered = headers['sec-websocket-protocol'];
  if (typeof offered !== 'string') return headers;
  const names = offered.split(',').map((name) => name.trim());
  const key = names.find((name) => name.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length);
  const beta = names.find((name) => name.startsWith(BETA_PROTOCOL))?.slice(BETA_PROTOCOL.length);
  return {
    ...headers,
    ...(key === undefined || headers['authorization'] !== undefined ? {} : { authorization: `Bearer ${key}` }),
    // `realtime-v1` is the header's `realtime=v1`.
    ...(beta === undefined ? {} : { 'openai-beta': beta.replace('-', '=') }),
  };
}

function refuseUpgrade({ socket }: UpgradeRequest, error: GatewayError, requestId: string): void {
  if (socket.destroyed || error.code === 'request.cancelled') return void socket.destroy();
  const body = dialects['openai-chat'].encodeError(error, requestId);
  const { status } = error;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\ncontent-type: application/json\r\nx-request-id: ${requestId}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString('utf8')}`,
  );
}

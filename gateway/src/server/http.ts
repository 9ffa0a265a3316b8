import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { geminiPath } from './gemini-route.ts';
import { plainFront, type PlainFront } from './plain-front.ts';
import { platformServer } from './platform-server.ts';
import { turnAway } from './refuse.ts';
import { realtime } from './realtime.ts';
import { routes } from './routes.ts';

/** Limits of the connections from callers. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly headerBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly connectionsMax: number;
}

/** A listening server. */
export interface RunningServer {
  readonly url: string;
  /** Says not ready, goes on for `graceMs`, then stops listening, lets replies finish, ends what is left with an error in the stream, and resolves when all is closed. A second call can only shorten the wait. */
  readonly stop: (drainMs: number, graceMs?: number) => Promise<void>;
}

/** Time that replies which were cut at shutdown get to say so. */
const LAST_WORDS_MS = 500;

/** Listens. Rejects when the address is taken. */
export function listen(settings: HttpSettings, ports: ServerPorts): Promise<RunningServer> {
  let ready = true;
  let closed: Promise<void> | undefined;
  /** Ends the wait before listening stops, when somebody says stop a second time. */
  let hurry: (() => void) | undefined;
  const { find } = routes(ports, { isReady: () => ready, startedAt: ports.clocks.nowMs() });
  const serve = async (exchange: Exchange): Promise<void> => {
    try {
      await find(exchange.method, exchange.path)(exchange);
    } catch (thrown) {
      turnAway(exchange, dialectOf(exchange.path), thrown, ports);
    }
  };
  const server = platformServer(settings, { serve, newId: ports.newId, isReady: () => ready });
  const talking = platformServer(settings, { serve, newId: ports.newId, isReady: () => ready });
  talking.on('upgrade', (request, socket, head) => void realtime({ request, socket, head }, ports));
  talking.emit('listening'); // its clocks run, though its connections come from elsewhere
  server.once('close', () => talking.close());
  const plain = plainFront({ general: server, talking }, settings, { serve, ports, isReady: () => ready });

  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => {
      server.off('error', reject);
      resolve({
        url: urlOf(server.address() as AddressInfo),
        stop: async (drainMs, graceMs = 0) => {
          ready = false;
          hurry?.();
          if (graceMs > 0) await new Promise<void>((resolve) => ports.deadlines((hurry = resolve)).set(graceMs));
          closed ??= closing(server, plain);
          await drained(closed, [() => server.closeAllConnections(), plain.cut], ports.inFlight, drainMs);
        },
      });
    });
  });
}

/** Paths that no route has still belong to somebody's API. */
function dialectOf(path: string): DialectId {
  if (path.startsWith('/v1beta') || geminiPath(path)) return 'gemini-content';
  if (path.startsWith('/model/')) return 'bedrock-converse';
  return path.startsWith('/v1/messages') ? 'anthropic-messages' : 'openai-chat';
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Connections that are kept open would hold the shutdown up until their callers leave. */
function closing(server: Server, plain: PlainFront): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  plain.endIdle();
  return closed;
}

async function drained(
  closed: Promise<void>,
  cuts: readonly (() => void)[],
  inFlight: ServerPorts['inFlight'],
  drainMs: number,
): Promise<void> {
  const late = setTimeout(() => {
    for (const { cancel } of inFlight) cancel(new GatewayError('gateway.stopping', 'The gateway is shutting down.'));
    setTimeout(() => cuts.forEach((cut) => cut()), LAST_WORDS_MS).unref();
  }, drainMs);
  await closed;
  clearTimeout(late);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { turnAway } from './refuse.ts';
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

/** How often Node looks for callers that are too slow. */
const SLOW_CALLERS_CHECK_MS = 1000;

/** Listens. Rejects when the address is taken. */
export function listen(settings: HttpSettings, ports: ServerPorts): Promise<RunningServer> {
  let ready = true;
  let closed: Promise<void> | undefined;
  /** Ends the wait before listening stops, when somebody says stop a second time. */
  let hurry: (() => void) | undefined;
  const find = routes(ports, { isReady: () => ready, startedAt: ports.clocks.nowMs() });
  const server = createServer(
    {
      maxHeaderSize: settings.headerBytesMax,
      headersTimeout: settings.headersTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      keepAliveTimeout: settings.keepAliveTimeoutMs,
      connectionsCheckingInterval: SLOW_CALLERS_CHECK_MS,
      insecureHTTPParser: false,
      // Two Authorization headers are then one that nobody knows, instead of the first of them.
      joinDuplicateHeaders: true,
      noDelay: true,
    },
    (request, response) => void serve(request, response),
  );
  server.maxConnections = settings.connectionsMax;
  const latest = new WeakMap<Socket, ServerResponse>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = latest.get(socket);
    // Nothing may be said in the middle of a reply.
    if (response?.headersSent && !response.writableFinished) socket.destroy();
    else refuseBroken(error, socket);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    latest.set(request.socket, response);
    const exchange = exchangeOf(request, response, ports.newId());
    try {
      if (!ready) response.setHeader('connection', 'close');
      await find(request.method ?? 'GET', exchange.path)(exchange);
    } catch (thrown) {
      turnAway(exchange, dialectOf(exchange.path), thrown, ports);
    }
    if (!ready) closeAfter(response, request.socket);
  }

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
          closed ??= closing(server);
          await drained(closed, server, ports.inFlight, drainMs);
        },
      });
    });
  });
}

function exchangeOf(request: IncomingMessage, response: ServerResponse, requestId: string): Exchange {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    request,
    response,
    requestId,
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
  };
}

/** Paths that no route has still belong to somebody's API. */
function dialectOf(path: string): DialectId {
  return path.startsWith('/v1/messages') ? 'anthropic-messages' : 'openai-chat';
}

const BROKEN: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what isn't HTTP, or is too slow or too large, before there is a request object. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = BROKEN[error.code ?? ''] ?? '400 Bad Request';
  const body = JSON.stringify({
    error: {
      message: `The request is not well-formed HTTP (${status}).`,
      type: 'invalid_request_error',
      param: null,
      code: 'request.invalid',
    },
  });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** A connection that is kept open would hold the shutdown up until its caller leaves. */
function closeAfter(response: ServerResponse, socket: Socket): void {
  if (response.writableFinished) socket.end();
  else response.once('finish', () => socket.end());
}

function closing(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  return closed;
}

async function drained(
  closed: Promise<void>,
  server: Server,
  inFlight: ServerPorts['inFlight'],
  drainMs: number,
): Promise<void> {
  const late = setTimeout(() => {
    for (const { cancel } of inFlight) cancel(new GatewayError('gateway.stopping', 'The gateway is shutting down.'));
    setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS).unref();
  }, drainMs);
  await closed;
  clearTimeout(late);
}

/** Time that replies which were cut at shutdown get to say so. */
const LAST_WORDS_MS = 500;

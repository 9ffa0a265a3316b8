import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refuseBroken } from './broken.ts';
import type { Exchange } from './exchange.ts';
import type { HttpSettings } from './http.ts';
import { PlatformExchange } from './platform-exchange.ts';

/** How often Node looks for callers that are too slow. */
const SLOW_CALLERS_CHECK_MS = 1000;

/** What a server does with its requests. */
export interface Serving {
  readonly serve: (exchange: Exchange) => Promise<void>;
  readonly newId: () => string;
  /** Whether connections may be kept open. */
  readonly isReady: () => boolean;
}

/** Node's own server, which judges everything that a caller may say in the name of HTTP. */
export function platformServer(settings: HttpSettings, { serve, newId, isReady }: Serving): Server {
  const latest = new WeakMap<Socket, ServerResponse>();
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
    (request, response) => void serveOne(request, response),
  );
  server.maxConnections = settings.connectionsMax;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = latest.get(socket);
    // Nothing may be said in the middle of a reply.
    if (response?.headersSent && !response.writableFinished) socket.destroy();
    else refuse(error, socket);
  });

  async function serveOne(request: IncomingMessage, response: ServerResponse): Promise<void> {
    latest.set(request.socket, response);
    if (!isReady()) response.setHeader('connection', 'close');
    await serve(new PlatformExchange(request, response, newId()));
    if (!isReady()) closeAfter(response, request.socket);
  }

  return server;
}

const BROKEN: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else refuseBroken(BROKEN[error.code ?? ''] ?? '400 Bad Request', socket);
}

/** A connection that is kept open would hold the shutdown up until its caller leaves. */
function closeAfter(response: ServerResponse, socket: Socket): void {
  if (response.writableFinished) socket.end();
  else response.once('finish', () => socket.end());
}

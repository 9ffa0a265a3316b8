import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { sharedDeadlines } from '../src/upstream/deadlines.ts';
import { httpTransport } from '../src/upstream/http.ts';
import { type AskService, serviceAsker } from '../src/tools/service-asker.ts';

/** What a loopback server was asked. */
export interface AskedOf {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Serve = (asked: AskedOf, response: ServerResponse) => void;

/** A web server on loopback that goes when the test is over; what it was asked for is kept. */
export async function loopback(serve: Serve) {
  const { close, ...server } = await loopbackServer(serve);
  onTestFinished(close);
  return server;
}

/** The same, until somebody closes it. */
export async function loopbackServer(serve: Serve) {
  const asked: AskedOf[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (bytes: Buffer) => pieces.push(bytes));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://x');
      const one = {
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: Buffer.concat(pieces).toString(),
      };
      asked.push(one);
      serve(one, response);
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  return { asked, port, host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}`, close };
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The real way to a service. */
export function realService({ bytesMax = 100_000, timeoutMs = 5000 } = {}): AskService {
  const deadlines = sharedDeadlines(() => performance.now());
  const transport = httpTransport({ connectTimeoutMs: 5000, connectionsPerOriginMax: 4 }, deadlines);
  onTestFinished(() => transport.close());
  return serviceAsker(transport.send, { bytesMax, timeoutMs });
}

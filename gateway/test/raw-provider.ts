import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Cancellation } from '../src/model/cancellation.ts';
import type { TransportOptions, UpstreamRequest, UpstreamResponse } from '../src/model/upstream.ts';
import { Exchange } from '../src/upstream/exchange.ts';
import { ConnectionPool } from '../src/upstream/pool.ts';
import { requestHead } from '../src/upstream/request-head.ts';
import { handTurned } from './support.ts';

/** A request as its bytes came. */
export interface RawRequest {
  readonly socket: Socket;
  /** Which connection it came over, the first is 0. */
  readonly connection: number;
  readonly path: string;
  readonly body: Buffer;
}

/** A reply with a length, as bytes. */
export function reply(body: string, lines = ''): string {
  return `HTTP/1.1 200 OK\r\n${lines}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A server that leaves every byte to the test. Without `onRequest` it says the path of each request. */
export async function rawProvider(
  onRequest: (request: RawRequest) => void = ({ socket, path }) => socket.write(reply(path)),
  onConnection: (socket: Socket) => void = () => undefined,
) {
  const sockets: Socket[] = [];
  const requests: RawRequest[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket) - 1;
    let parts: Buffer[] = [];
    let missing: number | undefined;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      parts.push(bytes);
      if (missing !== undefined && (missing -= bytes.length) > 0) return;
      const whole = Buffer.concat(parts);
      const end = whole.indexOf('\r\n\r\n');
      const head = whole.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      missing = end + 4 + length - whole.length;
      if (missing > 0) return;
      [parts, missing] = [[], undefined];
      const [, path = ''] = head.split(' ');
      const request = { socket, connection, path, body: whole.subarray(end + 4) };
      requests.push(request);
      onRequest(request);
    });
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A pool of connections to a server, with clocks that move only when told. */
export function poolTo(url: string, connectionsMax = 8) {
  const clock = handTurned();
  let tick: (() => void) | undefined;
  const pool = new ConnectionPool({
    origin: new URL(url),
    connectTimeoutMs: 2000,
    connectionsMax,
    ticker: (onTick) => {
      tick = onTick;
      return { stop: () => (tick = undefined) };
    },
  });
  const cancellation = new Cancellation();
  const send = (path: string, overrides: Partial<UpstreamRequest & TransportOptions> = {}): Promise<UpstreamResponse> =>
    new Promise((resolve, reject) => {
      const request = {
        provider: 'acme',
        method: 'POST' as const,
        origin: url,
        path,
        headers: [],
        body: Buffer.from('hello'),
        ...overrides,
      };
      const options = { cancellation, headersTimeoutMs: 1000, idleTimeoutMs: 500, ...overrides };
      const head = requestHead(request, 'acme.test');
      pool.carry(new Exchange({ request, head }, options, clock.deadlines, { resolve, reject }));
    });
  /** Lets the pool look at its idle connections. */
  const look = (times: number): void => {
    for (let at = 0; at < times; at += 1) tick?.();
  };
  /** What is left behind: deadlines, listeners, connections. */
  const left = () => [clock.waiting.size, cancellation.listening, pool.size];
  return { pool, send, look, left, clock, cancellation };
}

/** A response's body as text. */
export async function bodyText(response: UpstreamResponse | Promise<UpstreamResponse>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const bytes of (await response).body) parts.push(bytes);
  return Buffer.concat(parts).toString('latin1');
}

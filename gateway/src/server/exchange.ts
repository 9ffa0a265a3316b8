import type { IncomingMessage, ServerResponse } from 'node:http';
import { dialects } from '../dialects/index.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';

const PASSED_OVER_BYTES_MAX = 64 * 1024;

/** One HTTP request and the response to it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The path as routed, without the query. */
  readonly path: string;
  readonly query: string;
}

/** Reads the whole body, up to a limit. Throws `request.too-large`, `request.media-type` or `request.cancelled`. */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return Promise.reject(
      new GatewayError('request.media-type', 'Compressed request bodies are not accepted; send the body as it is.'),
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return Promise.reject(tooLarge(bytesMax));
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (bytes: Buffer) => {
      size += bytes.length;
      if (size > bytesMax) {
        request.pause();
        reject(tooLarge(bytesMax));
      } else parts.push(bytes);
    });
    request.on('end', () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)));
    const gone = (): void => {
      if (!request.complete)
        reject(new GatewayError('request.cancelled', 'The caller went away while sending its request.'));
    };
    request.on('error', gone);
    request.on('close', gone);
  });
}

function tooLarge(bytesMax: number): GatewayError {
  return new GatewayError(
    'request.too-large',
    `The request body is longer than ${bytesMax} bytes (server.bodyBytesMax).`,
  );
}

/** Answers with JSON. `headers` are names and values in turn. */
export function sendJson(exchange: Exchange, status: number, body: unknown, headers: readonly string[] = []): void {
  sendBytes(exchange, status, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), [
    'content-type',
    'application/json',
    ...headers,
  ]);
}

/** Answers with bytes that are whole. */
export function sendBytes(
  { request, response, requestId }: Exchange,
  status: number,
  bytes: Buffer,
  headers: readonly string[],
): void {
  if (response.headersSent || response.destroyed) return;
  const all = [...headers, 'content-length', String(bytes.length), 'x-request-id', requestId];
  if (!request.complete) passOver(request, all);
  response.writeHead(status, all as string[]);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** A body that nobody read would be taken for the next request: a short one is read away, a long one ends the connection. */
function passOver(request: IncomingMessage, headers: string[]): void {
  if (Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) <= PASSED_OVER_BYTES_MAX) request.resume();
  else headers.push('connection', 'close');
}

/** Answers with an error in the caller's own dialect. */
export function sendError(
  exchange: Exchange,
  error: GatewayError,
  dialect: DialectId,
  headers: readonly string[] = [],
): void {
  const all = ['content-type', 'application/json', ...headers];
  const { retryAfterMs } = error.details;
  if (retryAfterMs !== undefined)
    all.push('retry-after', String(Math.ceil(retryAfterMs / 1000)), 'retry-after-ms', String(Math.ceil(retryAfterMs)));
  if (isFinal(error)) all.push('x-should-retry', 'false');
  sendBytes(exchange, error.status, dialects[dialect].encodeError(error, exchange.requestId), all);
}

/** Statuses that other circumstances cause as well: a request that was too slow, or met another one. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409]);

/** Whether asking again can't help. The official clients ask after failures, some agents even after a refused key. */
function isFinal({ rule, status, details }: GatewayError): boolean {
  if (details.retryAfterMs !== undefined) return false;
  // The gateway has tried as often as it may; a client that tries as often again multiplies the load.
  if (rule.blame === 'upstream') return true;
  return rule.blame === 'caller' && !PASSING_STATUSES.has(status);
}

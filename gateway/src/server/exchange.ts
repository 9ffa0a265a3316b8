import { dialects } from '../dialects/index.ts';
import type { Cancellation } from '../model/cancellation.ts';
import type { Allotment, Quota } from '../model/account.ts';
import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { RequestHeaders } from '../model/turn.ts';

/** A body that nobody wants is read away up to this length; a longer one ends the connection. */
export const PASSED_OVER_BYTES_MAX = 64 * 1024;

/** One HTTP request and the answer to it, whoever reads the connection. */
export interface Exchange {
  readonly requestId: string;
  readonly method: string;
  /** The path as routed, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  /** Cancelled when the caller goes away before its answer is complete. */
  readonly cancellation: Cancellation;
  /** Whether the status has been said; another one can't be. */
  readonly isAnswered: boolean;
  /** Whether nobody can hear the rest. */
  readonly isGone: boolean;
  /** Reads the whole body, up to a limit. Rejects with `request.too-large`, `request.media-type` or `request.cancelled`. */
  readonly readBody: (bytesMax: number) => Promise<Buffer>;
  /** The same piece by piece, as fast as the pieces are taken. Once, and instead of `readBody`. */
  readonly bodyPieces: (limit: BodyLimit) => AsyncIterable<Buffer>;
  /** Answers with a body that is whole. `headers` are names and values in turn; every answer says its request's id as well. */
  readonly answer: (status: number, headers: readonly string[], body: Buffer) => void;
  /** Begins an answer that comes in pieces. */
  readonly begin: (status: number, headers: readonly string[]) => void;
  /** The next piece. `false` asks to wait for `onDrain`, since the caller reads more slowly. */
  readonly write: (bytes: Buffer) => boolean;
  readonly end: () => void;
  /** Lets the caller go in the middle. */
  readonly abandon: () => void;
  /** Calls back when the caller has read what was written. One at a time; `undefined` ends the wait. */
  readonly onDrain: (listener: (() => void) | undefined) => void;
}

/** How long a body may be, and the setting that says so. */
export interface BodyLimit {
  readonly bytesMax: number;
  readonly setting: string;
}

/** Why a body is refused by what its headers say; `undefined` when it may be read. */
export function refusedBody(headers: RequestHeaders, bytesMax: number, setting?: string): GatewayError | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return new GatewayError(
      'request.media-type',
      'Compressed request bodies are not accepted; send the body as it is.',
    );
  return Number(headers['content-length'] ?? 0) > bytesMax ? tooLarge(bytesMax, setting) : undefined;
}

/** The body is longer than allowed. */
export function tooLarge(bytesMax: number, setting = 'server.bodyBytesMax'): GatewayError {
  return new GatewayError('request.too-large', `The request body is longer than ${bytesMax} bytes (${setting}).`);
}

/** The caller went away before its request was whole. */
export function goneWhileSending(): GatewayError {
  return new GatewayError('request.cancelled', 'The caller went away while sending its request.');
}

/** The caller went away before its answer was complete. */
export function goneWhileAnswered(): GatewayError {
  return new GatewayError('request.cancelled', 'The caller went away.');
}

/** Answers with JSON. `headers` are names and values in turn. */
export function sendJson(exchange: Exchange, status: number, body: unknown, headers: readonly string[] = []): void {
  sendBytes(exchange, status, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), [
    'content-type',
    'application/json',
    ...headers,
  ]);
}

/** Answers with bytes that are whole, unless something has been said already. */
export function sendBytes(exchange: Exchange, status: number, bytes: Buffer, headers: readonly string[]): void {
  if (exchange.isAnswered || exchange.isGone) return;
  exchange.answer(status, headers, bytes);
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
  all.push(...quotaHeaders(error.details.quota));
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

/** What the caller may still do, by the names that OpenAI's clients know. */
export function quotaHeaders(quota: Quota | undefined): string[] {
  if (!quota) return [];
  return [...allotmentHeaders('requests', quota.requests), ...allotmentHeaders('tokens', quota.tokens)];
}

function allotmentHeaders(what: string, allotment: Allotment | undefined): string[] {
  if (!allotment) return [];
  const { limit, remaining, resetMs } = allotment;
  const values = { limit, remaining, reset: `${Math.ceil(resetMs / 1000)}s` };
  return Object.entries(values).flatMap(([name, value]) => [`x-ratelimit-${name}-${what}`, String(value)]);
}

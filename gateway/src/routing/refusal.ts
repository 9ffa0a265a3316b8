import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import { beginning, type UpstreamResponse } from '../model/upstream.ts';
import type { Endpoint, HttpProvider } from '../providers/contract.ts';

/** More than any provider's error says; the rest is not read. */
const ERROR_BODY_BYTES_MAX = 64 * 1024;
const MESSAGE_CHARACTERS_MAX = 4000;

const MEANINGS = {
  'context-window': 'upstream.context-window',
  'content-policy': 'upstream.content-policy',
  overloaded: 'upstream.overloaded',
  'rate-limited': 'upstream.rate-limited',
  auth: 'upstream.auth',
} as const satisfies Record<string, ErrorCode>;

/** What is needed to read a provider's refusal. */
export interface RefusedBy {
  readonly provider: HttpProvider;
  readonly endpoint: Pick<Endpoint, 'dialect'>;
  /** Never repeated to the caller, even if the provider does. */
  readonly key: string | undefined;
  /** Unix time in milliseconds. */
  readonly nowMs: number;
}

/** Reads an answer that isn't a reply: status first, then structured codes. The provider's own status and message are kept. */
export async function refusal(response: UpstreamResponse, by: RefusedBy): Promise<GatewayError> {
  const { provider, endpoint, key, nowMs } = by;
  const { status, headers } = response;
  const text = await beginning(response.body, ERROR_BODY_BYTES_MAX);
  if (status < 400)
    return new GatewayError(
      'upstream.bad-response',
      `${provider.id} answered with a redirect (${status}), which is never followed.`,
    );
  if (status >= 500 && /html/i.test(headers['content-type'] ?? '')) {
    return new GatewayError('upstream.bad-response', `${provider.id} answered ${status} with a web page.`);
  }
  const said = endpoint.dialect.readError(parsed(text), headers);
  const code = provider.errors?.[status] ?? (said.means ? MEANINGS[said.means] : codeOf(status));
  const message = said.message ?? `${provider.id} answered ${status}.`;
  const details = {
    status,
    quoted: said.message !== undefined,
    param: said.param,
    upstreamType: said.type,
    upstreamCode: said.code,
    retryAfterMs: retryAfterMs(headers, nowMs),
  };
  return repeatable(new GatewayError(code, message, details), key);
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
    case 403:
      return 'upstream.auth';
    case 404:
      return 'upstream.not-found';
    case 408:
    case 504:
      return 'upstream.timeout';
    case 409:
      return 'upstream.broke';
    case 429:
      return 'upstream.rate-limited';
    case 503:
      return 'upstream.overloaded';
    default:
      return status >= 500 ? 'upstream.broke' : 'upstream.refused';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutKey(text: string | undefined, key: string | undefined): string | undefined {
  return key === undefined || key.length < 8 ? text : text?.replaceAll(key, '[key]');
}

/** The error as it may be repeated: without the key, which some providers say again, and not endlessly. */
export function repeatable(error: GatewayError, key: string | undefined): GatewayError {
  const { message, code, details } = error;
  const { param, upstreamType, upstreamCode } = details;
  if (message.length <= MESSAGE_CHARACTERS_MAX && !repeats(key, message, param, upstreamType, upstreamCode))
    return error;
  return new GatewayError(code, (withoutKey(message, key) ?? '').slice(0, MESSAGE_CHARACTERS_MAX), {
    ...details,
    param: withoutKey(param, key),
    upstreamType: withoutKey(upstreamType, key),
    upstreamCode: withoutKey(upstreamCode, key),
  });
}

function repeats(key: string | undefined, ...texts: readonly (string | undefined)[]): boolean {
  return key !== undefined && texts.some((text) => text?.includes(key));
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
export function retryAfterMs(headers: Readonly<Record<string, string | undefined>>, nowMs: number): number | undefined {
  const exact = Number(headers['retry-after-ms']);
  if (exact > 0) return exact;
  const value = headers['retry-after'];
  if (value === undefined || value === '') return undefined;
  const ms = /^[\d.]+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return ms > 0 ? ms : undefined;
}

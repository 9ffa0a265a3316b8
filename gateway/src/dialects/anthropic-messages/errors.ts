import { GatewayError } from '../../model/error.ts';
import type { ErrorCode } from '../../model/error-rules.ts';
import type { UpstreamComplaint } from '../contract.ts';
import { type Fields, isFields, present } from './fields.ts';

/** The wire's error types, by the status they come with. https://platform.claude.com/docs/en/api/errors */
const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const TYPES: ReadonlySet<string> = new Set(['invalid_request_error', 'api_error', ...Object.values(TYPE_BY_STATUS)]);

/** An error in the wire's own words, as it stands in a body and in a stream. */
export function errorOut(error: GatewayError): Fields {
  return { type: 'error', error: { type: typeOf(error), message: error.message, ...detailsOf(error) } };
}

/** Anthropic's own client reads this code: told that there are no threads, it sends the whole conversation instead. */
const NO_THREADS = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };

function detailsOf({ code, details: { param, upstreamCode } }: GatewayError): Fields {
  if (code === 'request.unsupported' && param === 'thread') return { details: NO_THREADS };
  return upstreamCode === undefined ? {} : { details: { error_code: upstreamCode } };
}

function typeOf({ status, details: { upstreamType } }: GatewayError): string {
  // OpenAI says "invalid_request_error" of nearly every refusal, so there the status says more.
  const isTelling = upstreamType !== undefined && upstreamType !== 'invalid_request_error' && TYPES.has(upstreamType);
  if (isTelling) return upstreamType;
  return TYPE_BY_STATUS[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

/** Writes an error before the first byte of a reply. */
export function encodeError(error: GatewayError, requestId: string): Buffer {
  return Buffer.from(JSON.stringify({ ...errorOut(error), request_id: requestId }));
}

/** Reads an error body. Types are trusted first; texts only where the type is too wide to tell. */
export function readError(body: unknown): UpstreamComplaint {
  const said = isFields(body) ? body['error'] : body;
  const fields = isFields(said) ? said : {};
  const details = isFields(fields['details']) ? fields['details'] : {};
  const type = text(fields['type']);
  const code = text(details['error_code']) ?? text(fields['code']);
  const message = text(fields['message']) ?? text(said) ?? (isFields(body) ? text(body['message']) : undefined);
  return {
    message,
    type,
    code,
    param: text(fields['param']),
    means: code === 'context_length_exceeded' ? 'context-window' : meaningOf(type, message ?? ''),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function meaningOf(type: string | undefined, message: string): UpstreamComplaint['means'] {
  if (type === 'overloaded_error') return 'overloaded';
  if (type === 'rate_limit_error') return 'rate-limited';
  if (type !== undefined && type !== 'invalid_request_error') return undefined;
  // Both come as a plain invalid_request_error, so there is only the text to go by.
  if (/prompt is too long|exceed context limit|prompt: length/i.test(message)) return 'context-window';
  return /content filtering policy/i.test(message) ? 'content-policy' : undefined;
}

const CODE_BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  authentication_error: 'upstream.auth',
  permission_error: 'upstream.auth',
  not_found_error: 'upstream.not-found',
  invalid_request_error: 'upstream.refused',
  request_too_large: 'upstream.refused',
  timeout_error: 'upstream.timeout',
};

/** Reads an error that came inside a reply. */
export function errorOf(body: unknown): GatewayError {
  const { message, type, code, param, means } = readError(body);
  return new GatewayError(
    means ? (`upstream.${means}` as const) : (CODE_BY_TYPE[type ?? ''] ?? 'upstream.broke'),
    message ?? 'The provider ended its reply with an error.',
    { quoted: message !== undefined, ...present({ upstreamType: type, upstreamCode: code, param }) },
  );
}

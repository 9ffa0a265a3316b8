import { GatewayError } from '../../model/error.ts';
import type { ErrorCode } from '../../model/error-rules.ts';
import type { UpstreamComplaint } from '../contract.ts';
import { type Fields, isFields, objectsOf, present, textOf } from './fields.ts';

/** https://google.aip.dev/193 and https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
};

const OTHER_WORDS = ['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'INTERNAL', 'UNKNOWN', 'UNIMPLEMENTED'];
const WORDS: ReadonlySet<string> = new Set(Object.values(STATUS_WORDS).concat(OTHER_WORDS));

const TYPE = 'type.googleapis.com/google.rpc.';

/** An error in the wire's own words, as it stands in a body and in a stream. */
export function errorOut(error: GatewayError, requestId?: string): Fields {
  const { status: code, message } = error;
  return { error: { code, message, status: statusWord(error), details: detailsOf(error, requestId) } };
}

function statusWord({ status, details: { upstreamType } }: GatewayError): string {
  if (upstreamType !== undefined && WORDS.has(upstreamType)) return upstreamType;
  return STATUS_WORDS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
}

function detailsOf({ code, message, details }: GatewayError, requestId: string | undefined): readonly Fields[] {
  const { param, upstreamCode, retryAfterMs } = details;
  const seconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
  return [
    { '@type': `${TYPE}ErrorInfo`, reason: upstreamCode ?? code, domain: 'synthlang-proxy' },
    ...(param === undefined
      ? []
      : [{ '@type': `${TYPE}BadRequest`, fieldViolations: [{ field: param, description: message }] }]),
    ...(seconds === undefined ? [] : [{ '@type': `${TYPE}RetryInfo`, retryDelay: `${seconds}s` }]),
    ...(requestId === undefined ? [] : [{ '@type': `${TYPE}RequestInfo`, requestId }]),
  ];
}

/** Writes an error before the first byte of a reply. */
export function encodeError(error: GatewayError, requestId: string): Buffer {
  return Buffer.from(JSON.stringify(errorOut(error, requestId)));
}

/** Reads an error body, which stands in a list where a stream was asked for. */
export function readError(body: unknown): UpstreamComplaint {
  const [said] = objectsOf(body);
  const fields = isFields(said?.['error']) ? said['error'] : {};
  const type = nonEmpty(fields['status']);
  const message = nonEmpty(fields['message']);
  const details = objectsOf(fields['details']);
  const code = details.map(({ reason }) => nonEmpty(reason)).find((reason) => reason !== undefined);
  const [violation] = details.flatMap(({ fieldViolations }) => objectsOf(fieldViolations));
  return { message, type, code, param: nonEmpty(violation?.['field']), means: meaningOf(type, code, message ?? '') };
}

function nonEmpty(value: unknown): string | undefined {
  return textOf(value) || undefined;
}

function meaningOf(type: string | undefined, code: string | undefined, message: string): UpstreamComplaint['means'] {
  if (code === 'API_KEY_INVALID') return 'auth';
  if (type === 'UNAVAILABLE') return 'overloaded';
  if (type === 'RESOURCE_EXHAUSTED') return 'rate-limited';
  // It comes as a plain INVALID_ARGUMENT, so there is only the text to go by.
  if (/exceeds the maximum number of tokens|token count \(?\d{1,12}\)? exceeds/i.test(message)) return 'context-window';
  return undefined;
}

const CODE_BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  UNAUTHENTICATED: 'upstream.auth',
  PERMISSION_DENIED: 'upstream.auth',
  NOT_FOUND: 'upstream.not-found',
  INVALID_ARGUMENT: 'upstream.refused',
  FAILED_PRECONDITION: 'upstream.refused',
  OUT_OF_RANGE: 'upstream.refused',
  DEADLINE_EXCEEDED: 'upstream.timeout',
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

import { GatewayError } from '../../model/error.ts';
import type { ErrorCode } from '../../model/error-rules.ts';
import type { UpstreamComplaint, UpstreamHeaders } from '../contract.ts';
import { type Fields, isFields, present, textOf } from './fields.ts';

/** The wire's exceptions, by the status they come with. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'AccessDeniedException',
  402: 'ServiceQuotaExceededException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
  504: 'ModelTimeoutException',
  529: 'ServiceUnavailableException',
};

/** What may stand inside a stream, which has fewer words. */
const IN_STREAM: ReadonlySet<string> = new Set([
  'internalServerException',
  'modelStreamErrorException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
]);

const TYPES: ReadonlySet<string> = new Set([
  ...Object.values(TYPE_BY_STATUS),
  'InternalServerException',
  'ModelNotReadyException',
  'ModelStreamErrorException',
  'ValidationException',
]);

/** The exception that an error is. */
export function exceptionOf({ status, details: { upstreamType } }: GatewayError): string {
  if (upstreamType !== undefined && TYPES.has(upstreamType)) return upstreamType;
  return TYPE_BY_STATUS[status] ?? (status >= 500 ? 'InternalServerException' : 'ValidationException');
}

/** The same where it comes inside a stream. */
export function streamExceptionOf(error: GatewayError): string {
  const type = exceptionOf(error);
  const name = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
  if (IN_STREAM.has(name)) return name;
  return error.status >= 500 ? 'modelStreamErrorException' : 'validationException';
}

/** Writes an error before the first byte of a reply. Its kind stands in the body as well, where Amazon's clients look for it. */
export function encodeError(error: GatewayError, requestId: string): Buffer {
  return Buffer.from(JSON.stringify({ __type: exceptionOf(error), message: error.message, requestId }));
}

/** Reads an error body. Its kind stands in a header; the body repeats it now and then. */
export function readError(body: unknown, headers: UpstreamHeaders = {}): UpstreamComplaint {
  const fields = isFields(body) ? body : {};
  const said = nonEmpty(headers['x-amzn-errortype']) ?? nonEmpty(fields['__type']) ?? nonEmpty(fields['code']) ?? '';
  // Some say `com.amazon.coral.service#ThrottlingException`, and some add an address behind a colon.
  const [type] = said.replace(/^[^#]*#/, '').split(':');
  const message = nonEmpty(fields['message']) ?? nonEmpty(fields['Message']);
  return {
    message,
    type: nonEmpty(type),
    code: undefined,
    param: undefined,
    means: meaningOf(type ?? '', message ?? ''),
  };
}

function nonEmpty(value: unknown): string | undefined {
  return textOf(value) || undefined;
}

function meaningOf(type: string, message: string): UpstreamComplaint['means'] {
  if (type === 'ThrottlingException' || type === 'ServiceQuotaExceededException') return 'rate-limited';
  if (type === 'ServiceUnavailableException' || type === 'ModelNotReadyException') return 'overloaded';
  // It comes as a plain ValidationException, so there is only the text to go by.
  if (CONTEXT_TEXT.test(message)) return 'context-window';
  return /content filtering policy/i.test(message) ? 'content-policy' : undefined;
}

const CONTEXT_TEXT =
  /input is too long|prompt is too long|too many input tokens|input tokens exceed|exceeds? the (?:model['’]s )?(?:maximum )?(?:context|input)|maximum context length|context window/i;

const CODE_BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  AccessDeniedException: 'upstream.auth',
  UnrecognizedClientException: 'upstream.auth',
  ExpiredTokenException: 'upstream.auth',
  ResourceNotFoundException: 'upstream.not-found',
  ModelTimeoutException: 'upstream.timeout',
  ValidationException: 'upstream.refused',
};

/** Reads an exception that came inside a stream. */
export function errorOf(name: string, fields: Fields): GatewayError {
  const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const { message, means } = readError({ ...fields, __type: type });
  return new GatewayError(
    means ? (`upstream.${means}` as const) : (CODE_BY_TYPE[type] ?? 'upstream.broke'),
    message ?? 'The provider ended its reply with an error.',
    { quoted: message !== undefined, ...present({ upstreamType: type === '' ? undefined : type }) },
  );
}

import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { UpstreamComplaint } from './contract.ts';
import { isObject, type JsonObject } from './json-object.ts';

/** Codes that OpenAI's clients look for. The others travel under our own name. https://platform.openai.com/docs/guides/error-codes */
const CODES: Partial<Readonly<Record<ErrorCode, string>>> = {
  'model.unknown': 'model_not_found',
  'key.missing': 'invalid_api_key',
  'key.invalid': 'invalid_api_key',
  'limit.rate': 'rate_limit_exceeded',
  'budget.exhausted': 'insufficient_quota',
  'upstream.context-window': 'context_length_exceeded',
  'upstream.content-policy': 'content_policy_violation',
};

/** The `error` object, as a body and in the middle of a stream alike. */
export function writeError(error: GatewayError): JsonObject {
  const { upstreamType, upstreamCode, param } = error.details;
  return {
    error: {
      message: error.message,
      type: upstreamType ?? typeFor(error.status),
      param: param ?? null,
      code: upstreamCode ?? CODES[error.code] ?? error.code,
    },
  };
}

function typeFor(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

type Meaning = UpstreamComplaint['means'];

/** What providers' codes and types mean, in lower case and without punctuation. Codes are sure, texts are a guess. */
const MEANINGS: ReadonlyMap<string, Exclude<Meaning, undefined>> = new Map([
  ['contextlengthexceeded', 'context-window'],
  ['contextwindowexceeded', 'context-window'],
  ['toomanyprompttokens', 'context-window'],
  ['modelmaxprompttokensexceeded', 'context-window'],
  ['contentpolicyviolation', 'content-policy'],
  ['contentfilter', 'content-policy'],
  ['contentfiltered', 'content-policy'],
  ['responsibleaipolicyviolation', 'content-policy'],
  ['moderationblocked', 'content-policy'],
  ['ratelimitexceeded', 'rate-limited'],
  ['ratelimiterror', 'rate-limited'],
  ['ratelimitreached', 'rate-limited'],
  ['toomanyrequests', 'rate-limited'],
  ['requestslimitexceeded', 'rate-limited'],
  ['tokenslimitexceeded', 'rate-limited'],
  ['insufficientquota', 'rate-limited'],
  ['429', 'rate-limited'],
  ['overloaded', 'overloaded'],
  ['overloadederror', 'overloaded'],
  ['serveroverloaded', 'overloaded'],
  ['engineoverloaded', 'overloaded'],
  ['engineoverloadederror', 'overloaded'],
  ['serviceunavailable', 'overloaded'],
  ['serviceunavailableerror', 'overloaded'],
  ['503', 'overloaded'],
  ['529', 'overloaded'],
]);

const CONTEXT_TEXT =
  /exceeds? (?:the )?(?:max(?:imum)? )?context|maximum context|max context length|context length (?:is|of)|context window|longer than the model['’]s context|string too long\. expected a string with maximum length|prompt is too long|prompt too long|prompt: length|total length of all messages is too long/i;
const POLICY_TEXT =
  /violating our usage policy|rejected as a result of (?:the|our) safety system|content management policy|content filtering policy/i;

/** Reads an error body of anybody who speaks OpenAI, for what it says of itself. Never throws. */
export function readComplaint(body: unknown): UpstreamComplaint {
  // Gemini's OpenAI endpoint wraps the body in a list.
  const outer = Array.isArray(body) ? (body as unknown[])[0] : body;
  const inner = isObject(outer) ? (outer['error'] ?? outer) : outer;
  if (!isObject(inner)) {
    const message = typeof inner === 'string' ? inner : undefined;
    return { message, type: undefined, code: undefined, param: undefined, means: meaningOfText(message) };
  }
  const message = messageOf(inner);
  const code = word(inner['code']);
  const type = word(inner['type']);
  return { message, type, code, param: word(inner['param']), means: meaningOf(inner, message) };
}

function meaningOf(error: JsonObject, message: string | undefined): Meaning {
  const nested = isObject(error['innererror']) ? error['innererror']['code'] : undefined; // Azure
  for (const said of [nested, error['code'], error['type'], error['status_code'], error['status']]) {
    const meaning = MEANINGS.get((word(said) ?? '').toLowerCase().replace(/[^a-z0-9]/g, ''));
    // A quota sent as 429 may still be a prompt that is too long; but a code is never overruled by a text.
    if (meaning) return meaning;
  }
  return meaningOfText(message);
}

function meaningOfText(message: string | undefined): Meaning {
  if (message === undefined) return undefined;
  if (CONTEXT_TEXT.test(message)) return 'context-window';
  return POLICY_TEXT.test(message) ? 'content-policy' : undefined;
}

/** OpenAI says `message`; Mistral and FastAPI say `detail`, a string or a list of findings. */
function messageOf(error: JsonObject): string | undefined {
  const said = error['message'] ?? error['detail'];
  if (typeof said === 'string') return said;
  return said === undefined || said === null ? undefined : JSON.stringify(said);
}

function word(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const CODE_OF_MEANING: Readonly<Record<Exclude<Meaning, undefined>, ErrorCode>> = {
  'context-window': 'upstream.context-window',
  'content-policy': 'upstream.content-policy',
  overloaded: 'upstream.overloaded',
  'rate-limited': 'upstream.rate-limited',
  auth: 'upstream.auth',
};

/** An error that came inside a reply, where no HTTP status tells what it means. */
export function replyError(wire: unknown): GatewayError {
  const { message, type, code, param, means } = readComplaint({ error: wire });
  return new GatewayError(
    means === undefined ? 'upstream.broke' : CODE_OF_MEANING[means],
    message ?? 'The provider reported an error in its reply.',
    { quoted: message !== undefined, upstreamType: type, upstreamCode: code, param },
  );
}

/** A reply that isn't one. The text itself is not repeated: it may hold anything. */
export function notAReply(why: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream.bad-response', `The provider’s answer is not a completion: ${why}.`, { cause });
}

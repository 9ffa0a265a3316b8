import { GatewayError } from '../model/error.ts';
import type { Origin } from '../model/request.ts';
import type { RequestHeaders } from '../model/turn.ts';
import { asObject, callOf, parsedJson, requireUtf8, withTextContent, type Call } from './ingress.ts';

const DEFAULT_MODEL = 'gpt-4o-mini';
const DEFAULT_TEMPERATURE = 1;
const TEMPERATURE_MAX = 2;
const TRUE = new Set(['true', '1', 'yes']);

/**
 * Reads a body on the lenient route: JSON as ever; anything else is one message of the user, with the model and its
 * settings in the query. Well-formed JSON that isn't a valid request is refused here too.
 */
export function lenientIngress(bytes: Buffer, headers: RequestHeaders, query: URLSearchParams): Call {
  const type = headers['content-type'];
  const saysJson = typeof type === 'string' && /[/+]json\b/i.test(type);
  if (!saysJson)
    return asText(
      bytes,
      headers,
      query,
      looksLikeJson(bytes) ? ['the body was taken as text, since its content type is not JSON'] : [],
    );
  const parsed = parsedJson(bytes);
  if (!parsed) return asText(bytes, headers, query, ['the body is malformed JSON and was taken as text']);
  return callOf(withTextContent({ dialect: 'openai-chat', bytes, body: asObject(parsed.value) }), headers);
}

function asText(bytes: Buffer, headers: RequestHeaders, query: URLSearchParams, warnings: readonly string[]): Call {
  requireUtf8(bytes);
  const content = bytes.toString('utf8');
  if (content.trim() === '') throw new GatewayError('request.invalid', 'The request body is empty.');
  const maxTokens = wholeNumber(query.get('max_tokens'));
  const body = {
    model: query.get('model') || DEFAULT_MODEL,
    messages: [{ role: 'user', content }],
    temperature: temperature(query.get('temperature')),
    stream: TRUE.has(query.get('stream')?.toLowerCase() ?? ''),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  };
  const origin: Origin = { dialect: 'openai-chat', body, bytes: Buffer.from(JSON.stringify(body)) };
  const call = callOf(origin, headers);
  return { ...call, warnings: [...call.warnings, ...warnings] };
}

function temperature(text: string | null): number {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= TEMPERATURE_MAX ? value : DEFAULT_TEMPERATURE;
}

function wholeNumber(text: string | null): number | undefined {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function looksLikeJson(bytes: Buffer): boolean {
  return /^\s*\{\s*"/.test(bytes.toString('utf8', 0, 64));
}

import { refusedField } from '../model/error.ts';
import type { RequestHeaders, Switches } from '../model/turn.ts';
import { cacheWish } from './cache-wish.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Limits of what a caller may wish. */
const FALLBACKS_MAX = 10;
const RETRIES_MAX = 20;
const TIMEOUT_SECONDS_MAX = 86_400;
const TAGS_MAX = 50;
const REGIONS_MAX = 50;
const GUARDRAILS_MAX = 50;
const PARAMETERS_MAX = 50;
const TEXT_CHARACTERS_MAX = 256;

/** A caller's wishes to the gateway, and which body fields they stood in. */
export interface Wishes {
  readonly switches: Switches;
  readonly ownFields: readonly string[];
  readonly warnings: readonly string[];
}

const NONE: Wishes = { switches: {}, ownFields: [], warnings: [] };

/** Body fields that are ours, with the headers that say the same and win, the first one before the others. */
const HEADER_OF: Readonly<Record<string, readonly string[]>> = {
  fallbacks: ['x-synthlang-fallbacks'],
  disable_fallbacks: ['x-synthlang-disable-fallbacks'],
  num_retries: ['x-synthlang-num-retries', 'x-litellm-num-retries'],
  timeout: ['x-synthlang-timeout', 'x-litellm-timeout'],
  tags: ['x-synthlang-tags', 'x-litellm-tags'],
  allowed_model_region: ['x-synthlang-allowed-model-region'],
  drop_params: [],
  additional_drop_params: [],
  allowed_openai_params: [],
  mock_response: [],
  stream_continuation: ['x-synthlang-stream-continuation'],
  disable_keyword_detection: ['x-disable-keyword-detection'],
  use_synthlang: ['x-synthlang-compress', 'x-use-synthlang'],
  synthlang_compression_level: ['x-synthlang-compression-level'],
  use_gzip: ['x-use-gzip'],
  mask_pii_before_llm: ['x-mask-pii-before-llm'],
  mask_pii_in_logs: ['x-mask-pii-in-logs'],
  cache: ['x-synthlang-cache', 'x-cache'],
  guardrails: ['x-synthlang-guardrails', 'x-litellm-guardrails'],
};
const OWN_HEADERS = Object.entries(HEADER_OF).flatMap(([field, names]) => names.map((name) => [name, field] as const));
/** The header that says a switch first of all, and the body field that says the same. */
export const SWITCH_HEADERS: readonly (readonly [header: string, field: string])[] = Object.entries(HEADER_OF).flatMap(
  ([field, [name]]) => (name === undefined ? [] : [[name, field] as const]),
);
const OWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(HEADER_OF));
const OWN_HEADER_NAMES: ReadonlySet<string> = new Set(OWN_HEADERS.map(([name]) => name));

const GZIP_WARNING = 'use_gzip: a model reads text, so compressed bytes can’t help it; nothing was compressed';

/** Reads the wishes from body and headers. Throws `request.invalid`, naming the field. */
export function wishes(body: Fields, headers: RequestHeaders): Wishes {
  const ownFields = Object.keys(body).filter((field) => OWN_FIELDS.has(field) && body[field] !== undefined);
  if (ownFields.length === 0 && !saysAnyHeader(headers)) return NONE;
  const said: Record<string, unknown> = {};
  for (const field of ownFields) said[field] = body[field];
  for (const [name, field] of OWN_HEADERS.toReversed()) if (headers[name] !== undefined) said[field] = headers[name];
  return { switches: switchesOf(said), ownFields, warnings: truth(said['use_gzip'], 'use_gzip') ? [GZIP_WARNING] : [] };
}

function saysAnyHeader(headers: RequestHeaders): boolean {
  for (const name in headers) if (OWN_HEADER_NAMES.has(name)) return true;
  return false;
}

function switchesOf(said: Fields): Switches {
  const fallbacks = texts(said['fallbacks'], 'fallbacks', FALLBACKS_MAX);
  const tags = texts(said['tags'], 'tags', TAGS_MAX);
  const regions = texts(said['allowed_model_region'], 'allowed_model_region', REGIONS_MAX);
  const disableFallbacks = truth(said['disable_fallbacks'], 'disable_fallbacks');
  const retriesMax = amount(said['num_retries'], 'num_retries', { max: RETRIES_MAX, whole: true });
  const timeoutSeconds = amount(said['timeout'], 'timeout', { max: TIMEOUT_SECONDS_MAX, whole: false });
  const dropParams = truth(said['drop_params'], 'drop_params');
  const additionalDropParams = texts(said['additional_drop_params'], 'additional_drop_params', PARAMETERS_MAX);
  const allowedOpenaiParams = texts(said['allowed_openai_params'], 'allowed_openai_params', PARAMETERS_MAX);
  const maskBeforeLlm = truth(said['mask_pii_before_llm'], 'mask_pii_before_llm');
  const maskInLogs = truth(said['mask_pii_in_logs'], 'mask_pii_in_logs');
  const guardrails = texts(namesOf(said['guardrails']), 'guardrails', GUARDRAILS_MAX);
  const disableKeywordDetection = truth(said['disable_keyword_detection'], 'disable_keyword_detection');
  const savesTokens = truth(said['use_synthlang'], 'use_synthlang');
  const savingLevel = level(said['synthlang_compression_level'], 'synthlang_compression_level');
  const cache = cacheWish(said['cache']);
  const continuesStreams = truth(said['stream_continuation'], 'stream_continuation');
  const mockResponse = said['mock_response'];
  if (mockResponse !== undefined && mockResponse !== null && typeof mockResponse !== 'string')
    throw refusedField('mock_response', 'must be a text');
  return {
    ...(fallbacks ? { fallbacks } : {}),
    ...(tags ? { tags } : {}),
    ...(regions ? { regions } : {}),
    ...(disableFallbacks === undefined ? {} : { disableFallbacks }),
    ...(retriesMax === undefined ? {} : { retriesMax }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: Math.round(timeoutSeconds * 1000) }),
    ...(dropParams === undefined ? {} : { dropParams }),
    ...(additionalDropParams ? { additionalDropParams } : {}),
    ...(allowedOpenaiParams ? { allowedOpenaiParams } : {}),
    ...(disableKeywordDetection === undefined ? {} : { disableKeywordDetection }),
    ...(savesTokens === undefined ? {} : { savesTokens }),
    ...(savingLevel === undefined ? {} : { savingLevel }),
    ...(typeof mockResponse === 'string' ? { mockResponse } : {}),
    ...(continuesStreams === undefined ? {} : { continuesStreams }),
    ...(maskBeforeLlm === undefined ? {} : { maskBeforeLlm }),
    ...(maskInLogs === undefined ? {} : { maskInLogs }),
    ...(guardrails ? { guardrails } : {}),
    ...(cache ? { cache } : {}),
  };
}

/** LiteLLM also takes an object, whose keys are the names. */
function namesOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : value;
}

function texts(value: unknown, field: string, most: number): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list: unknown = typeof value === 'string' ? value.split(',').map((text) => text.trim()) : value;
  const isList =
    Array.isArray(list) &&
    list.length <= most &&
    list.every((text) => typeof text === 'string' && text !== '' && text.length <= TEXT_CHARACTERS_MAX);
  if (!isList)
    throw refusedField(field, `must be a list of at most ${most} texts of at most ${TEXT_CHARACTERS_MAX} characters`);
  return list as string[];
}

const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off']);

function truth(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : value;
  if (typeof word === 'boolean') return word;
  if (typeof word !== 'string') throw refusedField(field, 'must be true or false');
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  throw refusedField(field, 'must be true or false');
}

function level(value: unknown, field: string): Switches['savingLevel'] {
  if (value === undefined || value === null) return undefined;
  const found = (['low', 'medium', 'high'] as const).find((known) => known === value);
  if (found === undefined) throw refusedField(field, 'must be low, medium or high');
  return found;
}

function amount(
  value: unknown,
  field: string,
  { max, whole }: { readonly max: number; readonly whole: boolean },
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const fits =
    typeof number === 'number' && number >= 0 && number <= max && (whole ? Number.isInteger(number) : number > 0);
  if (!fits)
    throw refusedField(
      field,
      `must be a ${whole ? 'whole number from 0' : 'number of seconds above 0 and up'} to ${max}`,
    );
  return number;
}

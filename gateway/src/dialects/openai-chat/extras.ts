import type { CacheHint, Extra } from '../../model/request.ts';
import { hasFields, isObject, type JsonDraft, type JsonObject } from '../json-object.ts';
import type { Losses } from '../openai-losses.ts';

/** The `extra` of a part, message, tool or request, if there is anything to keep. */
export function ownExtra(fields: JsonObject, spelling: JsonObject): { readonly extra?: Extra } {
  const isSpelt = hasFields(spelling);
  if (!isSpelt && !hasFields(fields)) return {};
  return { extra: { dialect: 'openai-chat', fields, ...(isSpelt ? { spelling } : {}) } };
}

const NOTHING: JsonObject = {};

/** How this dialect's caller wrote a thing; empty if it came from elsewhere. */
export function spellingOf(extra: Extra | undefined): JsonObject {
  return extra?.dialect === 'openai-chat' ? (extra.spelling ?? NOTHING) : NOTHING;
}

/** The fields that only this dialect knows. Those of another one are lost, which is said. */
export function ownFieldsOf(extra: Extra | undefined, losses: Losses): JsonObject {
  if (!extra) return NOTHING;
  if (extra.dialect === 'openai-chat') return extra.fields;
  for (const field of Object.keys(extra.fields)) losses.hint(field);
  return NOTHING;
}

/**
 * Reads `cache_control` as OpenRouter and LiteLLM take it. In a shape we don't know it is kept as it is.
 * https://openrouter.ai/docs/features/prompt-caching
 */
export function readCacheHint(wire: JsonObject, fields: JsonDraft, spelling: JsonDraft): { cacheHint?: CacheHint } {
  const control = wire['cache_control'];
  if (control === undefined) return {};
  const ttl = isObject(control) ? control['ttl'] : undefined;
  const isTtl = ttl === undefined || ttl === '5m' || ttl === '1h';
  if (!isObject(control) || control['type'] !== 'ephemeral' || !isTtl || Object.keys(control).length > (ttl ? 2 : 1)) {
    fields['cache_control'] = control;
    return {};
  }
  spelling['cache_control'] = true;
  return { cacheHint: ttl === undefined ? {} : { ttl } };
}

/** Writes a cache hint where the caller spoke this dialect; the others' hosts may not know the field. */
export function writeCacheHint(
  { cacheHint, extra }: { readonly cacheHint?: CacheHint; readonly extra?: Extra },
  losses: Losses,
): JsonObject {
  if (!cacheHint) return NOTHING;
  if (spellingOf(extra)['cache_control'] === true) return { cache_control: { type: 'ephemeral', ...cacheHint } };
  losses.hint('cache_control');
  return NOTHING;
}

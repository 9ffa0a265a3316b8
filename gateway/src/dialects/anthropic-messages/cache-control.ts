import type { CacheHint } from '../../model/request.ts';
import { type Fields, isFields } from './fields.ts';

/**
 * Reads `cache_control`. `undefined` for anything but the documented `ephemeral`, which then stays an unknown field.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function cacheHintOf(control: unknown): CacheHint | undefined {
  if (!isFields(control) || control['type'] !== 'ephemeral') return undefined;
  const { ttl } = control;
  if (Object.keys(control).length > (ttl === undefined ? 1 : 2)) return undefined;
  if (ttl === undefined) return {};
  return ttl === '5m' || ttl === '1h' ? { ttl } : undefined;
}

/** Writes a cache wish as `cache_control`. */
export function cacheControlOf(hint: CacheHint | undefined): Fields | undefined {
  return hint && { type: 'ephemeral', ...hint };
}

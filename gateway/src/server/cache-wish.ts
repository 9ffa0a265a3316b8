import { refusedField } from '../model/error.ts';
import type { CacheWish } from '../model/turn.ts';

const SECONDS_MAX = 31_536_000;
const NAMESPACE_CHARACTERS_MAX = 256;

const OFF: CacheWish = { noCache: true, noStore: true };
const USE: CacheWish = { use: true };
const WORDS: Readonly<Record<string, CacheWish>> = {
  ...Object.fromEntries(['off', '0', 'false', 'no'].map((word) => [word, OFF])),
  ...Object.fromEntries(['on', '1', 'true', 'yes', 'use-cache'].map((word) => [word, USE])),
  'no-cache': { noCache: true },
  'no-store': { noStore: true },
};

/**
 * What a caller wants of the cache: LiteLLM's object (`{"no-cache": true, "ttl": 60}`), true or false, or words
 * (`off`, `no-cache, ttl=60`) as a header has them. Throws `request.invalid`.
 */
export function cacheWish(value: unknown): CacheWish | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value ? USE : OFF;
  if (typeof value === 'string') return Object.assign({}, ...value.split(',').map(wordWish)) as CacheWish;
  if (typeof value !== 'object' || Array.isArray(value))
    throw refusedField('cache', 'must be an object, true or false');
  return Object.assign({}, ...Object.entries(value).map(([name, part]) => partWish(name, part))) as CacheWish;
}

function wordWish(text: string): CacheWish {
  const [name = '', said] = text.trim().split('=', 2);
  if (said === undefined) {
    const word = name.toLowerCase();
    const wish = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (!wish) throw refusedField('cache', 'must be "off", "on", "no-cache", "no-store", "ttl=SECONDS" or the like');
    return wish;
  }
  return partWish(
    name.trim().toLowerCase(),
    name.includes('namespace') ? said.trim() : Number(said.trim() || Number.NaN),
  );
}

function partWish(name: string, value: unknown): CacheWish {
  if (value === undefined || value === null) return {};
  switch (name) {
    case 'no-cache':
      return { noCache: truth(value, name) };
    case 'no-store':
      return { noStore: truth(value, name) };
    case 'use-cache':
      return { use: truth(value, name) };
    case 'ttl':
      return { ttlSeconds: seconds(value, name) };
    case 's-maxage':
    case 's-max-age':
      return { ageSecondsMax: seconds(value, name) };
    case 'namespace':
      return { namespace: namespace(value) };
    default:
      throw refusedField('cache', `has no part "${name.slice(0, 64)}"`);
  }
}

function truth(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw refusedField(`cache.${name}`, 'must be true or false');
  return value;
}

function seconds(value: unknown, name: string): number {
  const fits = typeof value === 'number' && value > 0 && value <= SECONDS_MAX;
  if (!fits) throw refusedField(`cache.${name}`, `must be a number of seconds above 0 and up to ${SECONDS_MAX}`);
  return value;
}

function namespace(value: unknown): string {
  const fits = typeof value === 'string' && value !== '' && value.length <= NAMESPACE_CHARACTERS_MAX;
  if (!fits) throw refusedField('cache.namespace', `must be a text of at most ${NAMESPACE_CHARACTERS_MAX} characters`);
  return value;
}

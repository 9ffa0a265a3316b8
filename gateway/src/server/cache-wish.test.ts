import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { cacheWish } from './cache-wish.ts';

const OFF = { noCache: true, noStore: true };

test.each<[unknown, unknown]>([
  [undefined, undefined],
  [null, undefined],
  [false, OFF],
  [true, { use: true }],
  ['off', OFF],
  ['OFF', OFF],
  ['0', OFF],
  ['on', { use: true }],
  ['no-cache', { noCache: true }],
  ['no-store, ttl=60', { noStore: true, ttlSeconds: 60 }],
  ['namespace=Mine,use-cache', { namespace: 'Mine', use: true }],
  [{}, {}],
  [
    { 'no-cache': true, 'no-store': false },
    { noCache: true, noStore: false },
  ],
  [
    { ttl: 0.5, 's-maxage': 9, namespace: 'a', 'use-cache': true },
    { ttlSeconds: 0.5, ageSecondsMax: 9, namespace: 'a', use: true },
  ],
  [{ 's-max-age': 9, ttl: null }, { ageSecondsMax: 9 }],
])('%o means %o', (said, wish) => expect(cacheWish(said)).toEqual(wish));

test.each<[unknown, string]>([
  [7, 'cache'],
  [[], 'cache'],
  ['', 'cache'],
  ['MISS', 'cache'],
  ['ttl=', 'cache.ttl'],
  ['ttl=long', 'cache.ttl'],
  ['constructor', 'cache'],
  [{ ttl: 0 }, 'cache.ttl'],
  [{ ttl: '60' }, 'cache.ttl'],
  [{ 'no-cache': 'yes' }, 'cache.no-cache'],
  [{ namespace: '' }, 'cache.namespace'],
  [{ namespace: 'x'.repeat(257) }, 'cache.namespace'],
  [{ nocache: true }, 'cache'],
])('%o is refused, naming %s', async (said, param) => {
  expect(await failureOf(() => cacheWish(said))).toMatchObject({ code: 'request.invalid', details: { param } });
});

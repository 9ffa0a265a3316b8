import { expect, test } from 'vitest';
import { redisAddress } from './redis-address.ts';

const place = { hostName: 'cache', portNumber: 6380, tls: false };

test('parts become an address, with what has a meaning in addresses encoded', () => {
  expect(redisAddress({ ...place, password: 'p@s/s:%', username: 'a b' })).toBe(
    'redis://a%20b:p%40s%2Fs%3A%25@cache:6380',
  );
  expect(redisAddress({ ...place, password: 'x', tls: true })).toBe('rediss://:x@cache:6380');
  expect(redisAddress({ ...place, username: 'ada' })).toBe('redis://ada:@cache:6380');
  expect(redisAddress({ ...place, hostName: '::1' })).toBe('redis://[::1]:6380');
});

test('a whole address wins, and without a hostName there is none', () => {
  expect(redisAddress({ ...place, url: 'redis://other:1' })).toBe('redis://other:1');
  expect(redisAddress({ portNumber: 6379, tls: false, password: 'x' })).toBeUndefined();
});

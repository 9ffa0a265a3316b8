import { expect, test } from 'vitest';
import { keyHash, keyring } from './keyring.ts';

const ada = { keyId: 'ada', role: 'basic' } as const;
const bob = { keyId: 'bob', role: 'admin' } as const;
const keys = keyring([
  { key: 'sk-ada-0123456789', caller: ada },
  { sha256: keyHash('sk-bob-0123456789'), caller: bob },
]);

test('a key is known by its text or by its hash alone', () => {
  expect(keys.callerOf('sk-ada-0123456789')).toBe(ada);
  expect(keys.callerOf('sk-bob-0123456789')).toBe(bob);
  expect(keys.size).toBe(2);
});

test.each([
  ['one letter more', 'sk-ada-01234567890'],
  ['one letter less', 'sk-ada-012345678'],
  ['the same beginning', 'sk-ada-0123456780'],
  ['another case', 'SK-ADA-0123456789'],
  ['nothing', ''],
  ['a hash instead of the key', keyHash('sk-bob-0123456789')],
])('%s is another key', (_, key) => {
  expect(keys.callerOf(key)).toBeUndefined();
});

test('the text of a key is kept nowhere', () => {
  expect(JSON.stringify(keys)).not.toContain('sk-ada');
});

test('hashes are what everybody computes', () => {
  expect(keyHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

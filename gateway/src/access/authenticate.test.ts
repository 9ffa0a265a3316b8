import { expect, test } from 'vitest';
import { ask, failureOf } from '../../test/support.ts';
import { authenticate, authorizeModels } from './authenticate.ts';
import { keyring } from './keyring.ts';

const caller = { keyId: 'k', role: 'basic' } as const;
const KEY = 'sk-0123456789';
const keys = keyring([{ key: KEY, caller }]);

test.each([
  [{ authorization: `Bearer ${KEY}` }],
  [{ authorization: `bearer   ${KEY} ` }],
  [{ 'x-api-key': KEY }],
  [{ 'api-key': KEY }],
  [{ 'x-goog-api-key': KEY }],
  [{ authorization: `Bearer ${KEY}`, 'x-api-key': KEY }],
  [{ authorization: '', 'x-api-key': KEY }],
  [{ authorization: `Bearer ${KEY}`, 'x-api-key': '' }],
])('%o is let in', (headers) => {
  expect(authenticate(headers, keys)).toBe(caller);
});

test.each([[{}], [{ authorization: '' }], [{ cookie: KEY }], [{ 'x-api-key': '' }]])(
  '%o has no key',
  async (headers) => {
    expect(await failureOf(() => authenticate(headers, keys))).toMatchObject({ code: 'key.missing', status: 401 });
  },
);

test.each([
  ['an unknown key', { authorization: 'Bearer sk-CANARY' }],
  ['two different keys', { authorization: `Bearer ${KEY}`, 'x-api-key': 'sk-CANARY' }],
  ['two different keys, the good one last', { 'x-api-key': 'sk-CANARY', 'api-key': KEY }],
  ['another scheme', { authorization: `Basic sk-CANARY` }],
  ['no scheme', { authorization: 'sk-CANARY' }],
  ['two in one', { authorization: `Bearer ${KEY} sk-CANARY` }],
  ['a list of two', { authorization: `Bearer ${KEY}, Bearer sk-CANARY` }],
  ['a scheme alone', { authorization: 'Bearer ' }],
  ['a key that is far too long', { 'x-api-key': 'sk-CANARY'.repeat(1000) }],
  ['SQL', { 'x-api-key': "' OR 1=1 -- CANARY" }],
])('%s is refused, and not repeated', async (_, headers) => {
  const error = await failureOf(() => authenticate(headers, keys));
  expect(error).toMatchObject({ code: 'key.invalid', status: 401 });
  expect(error.message).not.toContain('CANARY');
});

test('without a list, a key may use every model', () => {
  expect(() => authorizeModels({ caller, ask: ask(), switches: { fallbacks: ['x'] } })).not.toThrow();
});

test('a list holds for the model and for every fallback that the caller names', async () => {
  const limited = { ...caller, models: ['the-model', 'spare'] };
  expect(() => authorizeModels({ caller: limited, ask: ask(), switches: { fallbacks: ['spare'] } })).not.toThrow();
  const wrongFallback = await failureOf(() =>
    authorizeModels({ caller: limited, ask: ask(), switches: { fallbacks: ['spare', 'dear'] } }),
  );
  expect(wrongFallback).toMatchObject({ code: 'key.forbidden', status: 403 });
  expect(wrongFallback.message).toContain('dear');
  const wrongModel = failureOf(() => authorizeModels({ caller: limited, ask: ask({ model: 'dear' }), switches: {} }));
  expect((await wrongModel).code).toBe('key.forbidden');
});

test('an empty list allows nothing', async () => {
  const none = { ...caller, models: [] };
  expect((await failureOf(() => authorizeModels({ caller: none, ask: ask(), switches: {} }))).code).toBe(
    'key.forbidden',
  );
});

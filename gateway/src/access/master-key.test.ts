import { expect, test } from 'vitest';
import { keyHash, keyring } from './keyring.ts';
import { firstKey, newMasterKey } from './master-key.ts';

function place() {
  const kept: { sha256: string }[] = [];
  return { kept, read: () => kept.at(-1), write: (key: { sha256: string }) => Promise.resolve(void kept.push(key)) };
}

test('the first start makes a key, shows it, and keeps only its hash when it is told to', async () => {
  const { kept, ...where } = place();
  const { known, shown, keep } = firstKey(where);
  expect(shown).toMatch(/^sk-[\w-]{43}$/);
  expect(kept).toEqual([]);
  await keep();
  expect(kept).toEqual([{ sha256: keyHash(shown ?? '') }]);
  expect(keyring([known]).callerOf(shown ?? '')).toEqual({ keyId: 'master', role: 'admin' });
});

test('later starts know the key, and show and keep nothing', async () => {
  const { kept, ...where } = place();
  const { shown, keep } = firstKey(where);
  await keep();
  const again = firstKey(where);
  await again.keep();
  expect(again.shown).toBeUndefined();
  expect(kept).toHaveLength(1);
  expect(keyring([again.known]).callerOf(shown ?? '')?.role).toBe('admin');
});

test('a key that was never kept is made anew', () => {
  const { kept: _, ...where } = place();
  expect(firstKey(where).shown).not.toBe(firstKey(where).shown);
});

test('no two keys are the same', () => {
  const keys = Array.from({ length: 100 }, newMasterKey);
  expect(new Set(keys).size).toBe(100);
});

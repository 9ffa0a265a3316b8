import { expect, test } from 'vitest';
import { type KeptResponse, ResponseShelf } from './response-shelf.ts';

const LIMITS = { entriesMax: 2, bytesMax: 10_000, responseBytesMax: 5_000 };

function kept(id: string, overrides: Partial<KeptResponse> = {}): KeptResponse {
  return { id, keyId: 'key-1', response: '{}', input: '[]', createdAtMs: 0, expiresAtMs: 100, ...overrides };
}

test('a response is there for the key that made it, and another key learns only that it may not have it', () => {
  const shelf = new ResponseShelf(LIMITS, () => 0);
  shelf.add(kept('resp-1'));
  expect(shelf.find('resp-1', 'key-1')).toEqual(kept('resp-1'));
  expect(shelf.find('resp-1', 'key-2')).toBe('others');
  expect(shelf.remove('resp-1', 'key-2')).toBe(false);
  expect(shelf.remove('resp-1', 'key-1')).toBe(true);
  expect(shelf.find('resp-1', 'key-1')).toBeUndefined();
});

test('nobody takes the name of a response that another key has', () => {
  const shelf = new ResponseShelf(LIMITS, () => 0);
  shelf.add(kept('resp-1'));
  expect(shelf.add(kept('resp-1', { keyId: 'key-2' }))).toBe(false);
  expect(shelf.find('resp-1', 'key-1')).toEqual(kept('resp-1'));
});

test('the oldest goes first when there are too many, and what is too long is never kept', () => {
  const shelf = new ResponseShelf(LIMITS, () => 0);
  for (const id of ['a', 'b', 'c']) shelf.add(kept(id));
  expect(['a', 'b', 'c'].map((id) => shelf.find(id, 'key-1') !== undefined)).toEqual([false, true, true]);
  expect(shelf.add(kept('d', { response: 'x'.repeat(6_000) }))).toBe(false);
});

test('all of them together take no more than they may, also when they may take less than before', () => {
  const shelf = new ResponseShelf({ ...LIMITS, entriesMax: 10 }, () => 0);
  for (const id of ['a', 'b', 'c']) shelf.add(kept(id, { response: 'x'.repeat(4_000) }));
  expect(['a', 'b', 'c'].map((id) => shelf.find(id, 'key-1') !== undefined)).toEqual([false, true, true]);
  shelf.limit({ ...LIMITS, bytesMax: 5_000 });
  expect(['b', 'c'].map((id) => shelf.find(id, 'key-1') !== undefined)).toEqual([false, true]);
});

test('one is gone when its time is over', () => {
  let now = 0;
  const shelf = new ResponseShelf(LIMITS, () => now);
  shelf.add(kept('resp-1'));
  now = 100;
  expect(shelf.find('resp-1', 'key-1')).toBeUndefined();
});

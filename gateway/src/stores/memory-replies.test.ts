import { expect, test } from 'vitest';
import { keptReply } from '../../test/support.ts';
import { MemoryReplies } from './memory-replies.ts';

const LIMITS = { bytesMax: 100_000, entriesMax: 100 };

test('what was kept is there, and what wasn’t isn’t', () => {
  const store = new MemoryReplies(LIMITS);
  const kept = keptReply('Hello');
  store.set('a', kept);
  expect([store.get('a'), store.get('b')]).toEqual([kept, undefined]);
  store.delete('a');
  expect(store.get('a')).toBeUndefined();
  expect(store.state(0)).toMatchObject({ entries: 0, sizeBytes: 0 });
});

test('there are never more entries than allowed, and the one asked for the longest ago goes first', () => {
  const store = new MemoryReplies({ ...LIMITS, entriesMax: 2 });
  store.set('a', keptReply('a'));
  store.set('b', keptReply('b'));
  store.get('a');
  store.set('c', keptReply('c'));
  expect(['a', 'b', 'c'].map((key) => store.get(key) !== undefined)).toEqual([true, false, true]);
});

test('there are never more bytes than allowed', () => {
  const store = new MemoryReplies({ bytesMax: 50_000, entriesMax: 1000 });
  for (let at = 0; at < 100; at += 1) store.set(`key-${at}`, keptReply('x'.repeat(at * 100)));
  const { entries, sizeBytes } = store.state(0);
  expect(sizeBytes).toBeLessThanOrEqual(50_000);
  expect(sizeBytes).toBeGreaterThan(30_000);
  expect(entries).toBeGreaterThan(2);
  expect(store.get('key-99')).toBeDefined();
});

test('an entry that is larger than everything allowed is not kept, and drives nothing out', () => {
  const store = new MemoryReplies({ bytesMax: 5000, entriesMax: 10 });
  store.set('a', keptReply('a'));
  store.set('b', keptReply('b'.repeat(6000)));
  expect([store.get('a') !== undefined, store.get('b')]).toEqual([true, undefined]);
});

test('an entry that takes another’s place takes its bytes as well', () => {
  const store = new MemoryReplies(LIMITS);
  store.set('a', keptReply('long '.repeat(100)));
  store.set('a', keptReply('short'));
  const once = new MemoryReplies(LIMITS);
  once.set('a', keptReply('short'));
  expect(store.state(0)).toEqual(once.state(0));
});

test('lower limits hold at once', () => {
  const store = new MemoryReplies(LIMITS);
  for (const key of ['a', 'b', 'c']) store.set(key, keptReply(key));
  store.limit({ ...LIMITS, entriesMax: 1 });
  expect(store.state(0).entries).toBe(1);
  expect(store.get('c')).toBeDefined();
});

test('everything is forgotten, or what one model was asked', () => {
  const store = new MemoryReplies(LIMITS);
  store.set('a', keptReply('a', { model: 'm' }));
  store.set('b', keptReply('b', { model: 'm' }));
  store.set('c', keptReply('c', { model: 'n' }));
  expect([store.clear('m'), store.clear('m'), store.clear()]).toEqual([2, 0, 1]);
  expect(store.state(0)).toMatchObject({ entries: 0, sizeBytes: 0, oldestMs: undefined, newestMs: undefined });
});

test('it says how full it is, without what has expired', () => {
  const store = new MemoryReplies(LIMITS);
  store.set('a', keptReply('a', { model: 'm', keptAtMs: 5 }));
  store.set('b', keptReply('b', { model: 'n', keptAtMs: 7, expiresAtMs: 20 }));
  store.set('c', keptReply('c', { model: 'n', keptAtMs: 9, expiresAtMs: 10 }));
  const state = store.state(10);
  expect(state).toMatchObject({ entries: 2, oldestMs: 5, newestMs: 7, bytesMax: 100_000 });
  expect([...state.models]).toEqual([
    ['m', 1],
    ['n', 1],
  ]);
});

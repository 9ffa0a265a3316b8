import { expect, test } from 'vitest';
import { KEY, served } from '../../test/served.ts';
import { handTurned, keptReply } from '../../test/support.ts';
import { keyring } from '../access/keyring.ts';
import { ReplyCache } from '../caching/reply-cache.ts';
import { MemoryReplies } from '../stores/memory-replies.ts';

const ADMIN = keyring([{ key: KEY, caller: { keyId: 'a', role: 'admin' } }]);

async function office() {
  const { deadlines, nowMs } = handTurned();
  const store = new MemoryReplies({ bytesMax: 100_000, entriesMax: 100 });
  const replies = new ReplyCache({ store, deadlines, nowMs });
  const { get, post, refused } = await served({ engine: { keyring: ADMIN, replies } });
  const stats = async () => (await (await get('/v1/cache/stats')).json()) as Record<string, unknown>;
  const clear = async (body: unknown) => {
    const answer = await post('/v1/cache/clear', body);
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  return { replies, stats, clear, refused };
}

test('an empty cache says so, in all nine fields of the original', async () => {
  expect(await (await office()).stats()).toEqual({
    entries: 0,
    hits: 0,
    misses: 0,
    hit_rate: 0,
    semantic_hits: 0,
    bypassed: 0,
    size_bytes: 0,
    memory_usage: 0,
    oldest_entry: null,
    newest_entry: null,
    model_stats: {},
  });
});

test('entries, hits and misses are told, over all and by model', async () => {
  const { replies, stats } = await office();
  await replies.keep('a', keptReply('a', { model: 'm', keptAtMs: 0 }));
  await replies.keep('b', keptReply('b', { model: '__proto__', keptAtMs: 1000 }));
  for (const use of ['miss', 'hit', 'semantic', 'bypass'] as const) replies.count(use, 'm');
  const told = await stats();
  expect(told).toMatchObject({ entries: 2, hits: 2, misses: 1, hit_rate: 0.6667, semantic_hits: 1, bypassed: 1 });
  expect(told).toMatchObject({ oldest_entry: '1970-01-01T00:00:00.000Z', newest_entry: '1970-01-01T00:00:01.000Z' });
  expect(told['memory_usage']).toBeGreaterThan(0);
  expect((told['model_stats'] as Record<string, unknown>)['m']).toEqual({
    entries: 1,
    hits: 2,
    misses: 1,
    hit_rate: 0.6667,
  });
});

test('it is cleared, whole or for one model', async () => {
  const { replies, stats, clear } = await office();
  for (const [key, model] of [
    ['a', 'm'],
    ['b', 'm'],
    ['c', 'n'],
    ['d', 'o'],
  ] as const)
    await replies.keep(key, keptReply('x', { model }));
  expect(await clear({ model: 'm' })).toEqual({
    status: 200,
    json: { success: true, cleared_entries: 2, timestamp: 1 },
  });
  expect((await stats())['entries']).toBe(2);
  expect((await clear('')).json).toMatchObject({ cleared_entries: 2 });
  expect((await clear({})).json).toMatchObject({ cleared_entries: 0 });
  expect(await clear({ model: 5 })).toMatchObject({ status: 400, json: { error: { param: 'model' } } });
});

test('models that callers invent are told apart up to a limit', async () => {
  const { replies, stats } = await office();
  for (let at = 0; at < 1100; at += 1) replies.count('miss', `invented-${at}`);
  expect(Object.keys((await stats())['model_stats'] as object)).toHaveLength(1000);
  expect((await stats())['misses']).toBe(1100);
});

test('only admins may look or clear', async () => {
  const { get, post } = await served();
  expect([(await get('/v1/cache/stats')).status, (await post('/v1/cache/clear', {})).status]).toEqual([403, 403]);
  expect((await get('/v1/cache/stats', { headers: { authorization: 'Bearer nobody' } })).status).toBe(401);
});

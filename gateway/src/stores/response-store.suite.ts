import { describe, expect, test } from 'vitest';
import type { RecordStore, ResponseRow } from './contract.ts';

const CAPS = { keyEntriesMax: 100, keyBytesMax: 10_000 };
const NOW = 1_700_000_000_000;
const OWNER = 'key-1';

const kept = (id: string, overrides: Partial<ResponseRow> = {}): ResponseRow => ({
  id,
  keyId: OWNER,
  createdAt: NOW,
  expiresAt: NOW + 1000,
  isSealed: true,
  body: Buffer.from([0, 1, 255]),
  ...overrides,
});

interface At {
  readonly store: RecordStore;
  readonly reopen: () => Promise<void>;
}

/** What every database must do the same with kept responses. */
export function responseTests(at: At): void {
  describe('kept responses', () => {
    ownerTests(at);
    endTests(at);
  });
}

async function found({ store }: At, id: string, { keyId = OWNER, now = NOW } = {}) {
  const row = await store.responses.find(id, keyId, now);
  return typeof row === 'object' ? { ...row, body: Buffer.from(row.body) } : row;
}

async function thereAre(at: At, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await Promise.all(ids.map((id) => found(at, id)));
  return ids.filter((_, place) => typeof rows[place] === 'object');
}

function ownerTests(at: At): void {
  test('are read as they were written by the key that made them, also after the next start', async () => {
    await at.store.responses.add([], CAPS);
    await at.store.responses.add([kept('r-1'), kept('r-2', { isSealed: false })], CAPS);
    await at.reopen();
    expect(await found(at, 'r-1')).toEqual(kept('r-1'));
    expect(await found(at, 'r-2')).toEqual(kept('r-2', { isSealed: false }));
    expect(await found(at, 'r-1', { keyId: 'key-2' })).toBe('others');
    expect(await found(at, "' OR 1=1 --")).toBeUndefined();
  });

  test('stay whose they are, and are written anew by nobody else', async () => {
    await at.store.responses.add([kept('r-1')], CAPS);
    await at.store.responses.add([kept('r-1', { keyId: 'key-2', body: Buffer.from('theirs') })], CAPS);
    expect(await found(at, 'r-1')).toEqual(kept('r-1'));
    const later = kept('r-1', { expiresAt: NOW + 5000, body: Buffer.from('later') });
    await at.store.responses.add([later], CAPS);
    expect(await found(at, 'r-1')).toEqual(later);
  });
}

function endTests(at: At): void {
  test('are over when their time is, and go then', async () => {
    await at.store.responses.add([kept('r-1'), kept('r-2', { expiresAt: NOW + 2000 })], CAPS);
    expect(await found(at, 'r-1', { now: NOW + 1000 })).toBeUndefined();
    await at.store.responses.expire(NOW + 1000, 0);
    expect(await thereAre(at, ['r-1', 'r-2'])).toEqual(['r-2']);
  });

  test('are removed by their key alone, and every gateway can learn of it for a while', async () => {
    const { responses } = at.store;
    await responses.add([kept('r-1'), kept('r-2')], CAPS);
    expect(await responses.remove('r-1', 'key-2', NOW)).toBe(false);
    expect(await responses.remove('r-1', OWNER, NOW + 5)).toBe(true);
    expect(await responses.remove('r-1', OWNER, NOW + 5)).toBe(false);
    expect(await thereAre(at, ['r-1', 'r-2'])).toEqual(['r-2']);
    expect(await responses.removedSince(NOW + 5)).toEqual(['r-1']);
    expect(await responses.removedSince(NOW + 6)).toEqual([]);
    await responses.expire(NOW, NOW + 6);
    expect(await responses.removedSince(0)).toEqual([]);
  });

  test('are no more of one key than may be, in number and in bytes; the oldest go', async () => {
    const rows = ['a', 'b', 'c', 'd'].map((id, place) => kept(id, { createdAt: NOW + place }));
    const others = kept('x', { keyId: 'key-2' });
    await at.store.responses.add([...rows, others], { ...CAPS, keyEntriesMax: 3 });
    expect(await thereAre(at, ['a', 'b', 'c', 'd'])).toEqual(['b', 'c', 'd']);
    await at.store.responses.add([kept('e', { createdAt: NOW + 9 })], { ...CAPS, keyBytesMax: 6 });
    expect(await thereAre(at, ['b', 'c', 'd', 'e'])).toEqual(['d', 'e']);
    expect(await found(at, 'x', { keyId: 'key-2' })).toEqual(others);
  });
}

import { expect, test } from 'vitest';
import { failureOf, handTurned, settled } from '../../test/support.ts';
import type { ResponseRow, ResponseStore } from '../stores/contract.ts';
import { ResponseKeeper } from './response-keeper.ts';
import { responseRows } from './response-rows.ts';
import type { KeptResponse } from './response-shelf.ts';
import { ResponseVault } from './response-vault.ts';

const OWNER = 'key-1';
const SHELF = { entriesMax: 10, bytesMax: 100_000, responseBytesMax: 50_000 };
const LIMITS = { ...SHELF, keyEntriesMax: 10, keyBytesMax: 10_000, waitingBytesMax: 10_000, removalsMs: 50 };

const kept = (id: string, overrides: Partial<KeptResponse> = {}): KeptResponse => ({
  id,
  keyId: OWNER,
  response: '{}',
  input: '[]',
  createdAtMs: 0,
  expiresAtMs: 1_000_000_000,
  ...overrides,
});

/** A database that does what it is told. */
class TestStore implements ResponseStore {
  readonly rows = new Map<string, ResponseRow>();
  removed: string[] = [];
  expired = 0;
  broken = false;
  /** Whoever writes waits for it. */
  writing: Promise<void> = Promise.resolve();

  readonly add = async (rows: readonly ResponseRow[]): Promise<void> => {
    this.#work();
    await this.writing;
    for (const row of rows) this.rows.set(row.id, row);
  };
  readonly find = async (id: string, keyId: string): Promise<ResponseRow | 'others' | undefined> => {
    this.#work();
    const row = this.rows.get(id);
    return Promise.resolve(row && row.keyId !== keyId ? 'others' : row);
  };
  readonly remove = async (id: string): Promise<boolean> => {
    this.#work();
    return Promise.resolve(this.rows.delete(id));
  };
  readonly removedSince = async (): Promise<readonly string[]> => {
    this.#work();
    return Promise.resolve(this.removed);
  };
  readonly expire = async (): Promise<void> => {
    this.expired += 1;
    return Promise.resolve();
  };

  #work(): void {
    if (this.broken) throw new Error('The database is away.');
  }
}

function scene(limits: Partial<typeof LIMITS> = {}) {
  const store = new TestStore();
  const time = handTurned();
  const warnings: string[] = [];
  const all = { ...LIMITS, ...limits };
  const { nowMs, deadlines } = time;
  const vault = new ResponseVault(all, {
    store,
    rows: responseRows({ sealing: undefined, isPlain: true }),
    flushMs: 100,
    deadlines,
    nowMs,
    warn: (_, message) => warnings.push(message),
  });
  return { store, warnings, vault, keeper: new ResponseKeeper(all, { nowMs, vault }), pass: time.pass };
}

test('a response is written behind, and is there all the while, also when memory has no room for it', async () => {
  const { keeper, store, pass } = scene({ entriesMax: 1 });
  for (const id of ['a', 'b']) keeper.add(kept(id));
  expect(store.rows.size).toBe(0);
  expect([await keeper.find('a', OWNER), await keeper.find('b', OWNER)]).toEqual([kept('a'), kept('b')]);
  pass(100);
  await settled();
  expect([...store.rows.keys()]).toEqual(['a', 'b']);
  expect([await keeper.find('a', OWNER), await keeper.find('a', 'key-2')]).toEqual([kept('a'), 'others']);
});

test('a database that is away is told of once, what it did not take waits, and asking is refused', async () => {
  const { keeper, store, warnings, pass } = scene();
  store.broken = true;
  keeper.add(kept('a'));
  for (let count = 0; count < 3; count += 1) {
    pass(100);
    await settled();
  }
  expect(warnings).toHaveLength(1);
  expect(await keeper.find('a', OWNER)).toEqual(kept('a'));
  expect((await failureOf(() => keeper.find('b', OWNER))).code).toBe('store.failed');
  expect((await failureOf(() => keeper.remove('b', OWNER))).code).toBe('store.failed');
  store.broken = false;
  pass(100);
  await settled();
  expect([...store.rows.keys()]).toEqual(['a']);
});

test('what waits is bounded, and what finds no room stays in memory', async () => {
  const { keeper, store, warnings, pass } = scene();
  for (const id of ['a', 'b', 'c']) keeper.add(kept(id, { response: 'x'.repeat(4000) }));
  keeper.add(kept('an odd\nid'));
  pass(100);
  await settled();
  expect([...store.rows.keys()]).toEqual(['a', 'b']);
  expect(warnings).toHaveLength(1);
  expect(await keeper.find('c', OWNER)).toMatchObject({ id: 'c' });
});

test('one that is removed while it is being written is gone', async () => {
  const { keeper, store, vault } = scene();
  let written = (): void => undefined;
  store.writing = new Promise((resolve) => (written = resolve));
  keeper.add(kept('a'));
  const flushed = vault.flush();
  const removing = keeper.remove('a', OWNER);
  written();
  expect(await removing).toBe(true);
  await flushed;
  expect(store.rows.size).toBe(0);
  expect(await keeper.find('a', OWNER)).toBeUndefined();
});

test('one that another gateway removed is forgotten here, and what is over is taken away now and then', async () => {
  const { keeper, store, vault, pass } = scene();
  for (const id of ['a', 'b']) keeper.add(kept(id));
  await vault.flush();
  store.rows.delete('a');
  store.removed = ['a'];
  expect(await keeper.find('a', OWNER)).toEqual(kept('a'));
  for (let count = 0; count < 3; count += 1) {
    pass(50);
    await settled();
  }
  expect([await keeper.find('a', OWNER), await keeper.find('b', OWNER)]).toEqual([undefined, kept('b')]);
  expect(store.expired).toBe(1);
});

test('what waits is written when the gateway ends, and nothing is done from then on', async () => {
  const { keeper, store, pass, warnings } = scene();
  keeper.add(kept('a'));
  await keeper.close();
  expect([...store.rows.keys()]).toEqual(['a']);
  store.broken = true;
  pass(1000);
  await settled();
  expect(warnings).toEqual([]);
});

test('one that cannot be opened any more is as one that is not there, and said once', async () => {
  const { keeper, store, warnings } = scene();
  const row = { id: 'a', keyId: OWNER, createdAt: 0, expiresAt: 9e9, isSealed: true, body: Buffer.from('?') };
  store.rows.set('a', row);
  for (let count = 0; count < 2; count += 1) expect(await keeper.find('a', OWNER)).toBeUndefined();
  expect(warnings).toHaveLength(1);
});

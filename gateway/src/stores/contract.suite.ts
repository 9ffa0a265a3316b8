import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KeyRecord, type RecordStore, type SpendRow, TakenError } from './contract.ts';
import { objectTests } from './object-store.suite.ts';
import { promptTests } from './prompt-store.suite.ts';
import { responseTests } from './response-store.suite.ts';

/** A database that nobody has used yet, and how to open it, any number of times. */
export interface FreshDatabase {
  readonly open: () => Promise<RecordStore>;
  readonly drop: () => Promise<void>;
}

const key = (overrides: Partial<KeyRecord> = {}): KeyRecord => ({
  id: 'hash-1',
  name: 'sk-...abcd',
  alias: 'team-a',
  userId: 'ada',
  role: 'premium',
  models: ['m-1', 'm-2'],
  metadata: { team: { name: 'Ä "quoted" \u0000'.slice(0, 10) }, list: [1, 2] },
  budgetNanousd: 9_007_199_254_740_991,
  budgetDuration: '30d',
  budgetSince: 1_700_000_000_000,
  requestsPerMinute: 60,
  tokensPerMinute: 100_000,
  parallelMax: 4,
  expiresAt: 1_800_000_000_000,
  blocked: false,
  createdAt: 1_700_000_000_001,
  createdBy: 'master',
  updatedAt: 1_700_000_000_002,
  ...overrides,
});

const NOTHING_SET = {
  alias: undefined,
  userId: undefined,
  models: undefined,
  budgetNanousd: undefined,
  budgetDuration: undefined,
  requestsPerMinute: undefined,
  tokensPerMinute: undefined,
  parallelMax: undefined,
  expiresAt: undefined,
};

const spent = (overrides: Partial<SpendRow> = {}): SpendRow => ({
  requestId: 'turn-1',
  keyId: 'hash-1',
  userId: 'ada',
  periodStart: 0,
  model: 'the-model',
  provider: 'acme',
  upstreamModel: 'upstream-model',
  inputTokens: 1000,
  outputTokens: 200,
  cacheReadTokens: 300,
  cacheWriteTokens: 0,
  costNanousd: 123_456,
  estimated: false,
  note: undefined,
  status: 200,
  stream: true,
  tags: ['a', 'b'],
  startedAt: 1_700_000_000_000,
  endedAt: 1_700_000_001_000,
  ...overrides,
});

const act = (id: string, at: number) => ({
  id,
  at,
  actor: 'master',
  action: 'key.generate',
  target: 'hash-1',
  before: undefined,
  after: { alias: 'team-a' },
});

/** A store that tests use, one after the other, each an empty one. */
class Opened {
  store!: RecordStore;
  #database!: FreshDatabase;

  async begin(fresh: () => Promise<FreshDatabase>): Promise<void> {
    this.#database = await fresh();
    this.store = await this.#database.open();
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.store = await this.#database.open();
  }

  async end(): Promise<void> {
    await this.store.close();
    await this.#database.drop();
  }
}

/** What every database must do the same. */
export function storeSuite(name: string, fresh: () => Promise<FreshDatabase>): void {
  describe(name, () => {
    const at = new Opened();
    beforeEach(() => at.begin(fresh));
    afterEach(() => at.end());
    keyTests(at);
    spendTests(at);
    readingTests(at);
    promptTests(at);
    objectTests(at);
    responseTests(at);
  });
}

function keyTests(at: Opened): void {
  test('a key is read as it was written, also after the next start', async () => {
    const bare = key({ ...NOTHING_SET, id: 'hash-2', blocked: true, metadata: {} });
    await at.store.changeKeys({ insert: [key(), bare], audit: [] });
    await at.reopen();
    expect((await at.store.keys()).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([key(), bare]);
  });

  test('two keys can’t have one id or one alias, and what came with the second is undone', async () => {
    await at.store.changeKeys({ insert: [key()], audit: [] });
    for (const other of [key({ alias: 'other' }), key({ id: 'hash-2' })]) {
      const adding = at.store.changeKeys({ insert: [key({ id: 'hash-3', alias: 'c' }), other], audit: [act('a', 1)] });
      await expect(adding).rejects.toThrow(TakenError);
    }
    expect(await at.store.keys()).toEqual([key()]);
    expect(await at.store.audit(10)).toEqual([]);
  });

  test('a key changes and goes, and every act is there to read, newest first', async () => {
    await at.store.changeKeys({ insert: [key()], audit: [act('a', 1)] });
    const changed = key({ ...NOTHING_SET, blocked: true, role: 'basic' });
    await at.store.changeKeys({ update: [changed], audit: [act('b', 2)] });
    expect(await at.store.keys()).toEqual([changed]);
    await at.store.changeKeys({ remove: ['hash-1'], audit: [act('c', 2)] });
    expect(await at.store.keys()).toEqual([]);
    expect(await at.store.audit(2)).toEqual([act('c', 2), act('b', 2)]);
  });
}

function spendTests(at: Opened): void {
  test('spend is read as it was written', async () => {
    const bare = spent({
      requestId: 'turn-2',
      userId: undefined,
      provider: undefined,
      upstreamModel: undefined,
      note: 'no price is known',
      estimated: true,
      stream: false,
      tags: [],
      startedAt: 1_700_000_000_001,
    });
    await at.store.addSpend([spent(), bare]);
    expect(await at.store.spend({ limit: 10 })).toEqual([bare, spent()]);
  });

  test('spend counts once, however often it is written, and sums are exact', async () => {
    const rows = Array.from({ length: 2500 }, (_, number) =>
      spent({
        requestId: `turn-${number}`,
        keyId: `key-${number % 3}`,
        periodStart: number % 2,
        costNanousd: 3_000_000_000_001,
      }),
    );
    await at.store.addSpend(rows.slice(0, 1000));
    await at.store.addSpend(rows);
    await at.store.addSpend(rows.slice(500));
    await at.reopen();
    const sums = await at.store.periodSpend();
    expect(sums).toHaveLength(6);
    expect(sums.reduce((sum, { costNanousd }) => sum + BigInt(costNanousd), 0n)).toBe(2500n * 3_000_000_000_001n);
    const totals = await at.store.keyTotals();
    expect(totals.reduce((sum, { requests }) => sum + requests, 0)).toBe(2500);
    expect(totals.find(({ keyId }) => keyId === 'key-0')?.costNanousd).toBe(834 * 3_000_000_000_001);
  });

  test('writers at the same time lose nothing', async () => {
    const batches = Array.from({ length: 10 }, (_, batch) =>
      Array.from({ length: 20 }, (__, number) =>
        spent({ requestId: `turn-${batch}-${number}`, keyId: `key-${(batch + number) % 4}`, costNanousd: 7 }),
      ),
    );
    await Promise.all(batches.map((rows) => at.store.addSpend(rows)));
    const sums = await at.store.periodSpend();
    expect(sums.map(({ costNanousd }) => costNanousd)).toEqual([350, 350, 350, 350]);
  });

  test('what a key carries into a new period is added to it', async () => {
    const carried = [{ keyId: 'hash-1', periodStart: 5, costNanousd: 40 }];
    await at.store.changeKeys({ insert: [key()], carried, audit: [] });
    await at.store.addSpend([spent({ periodStart: 5, costNanousd: 2 })]);
    expect(await at.store.periodSpend()).toEqual([{ keyId: 'hash-1', periodStart: 5, costNanousd: 42 }]);
  });
}

function readingTests(at: Opened): void {
  test.each([
    [{ keyId: 'key-1' }, ['d', 'b']],
    [{ userId: 'bob' }, ['b']],
    [{ requestId: 'c' }, ['c']],
    [{ from: 2, until: 4 }, ['c', 'b']],
    [{ keyId: "' OR 1=1 --" }, []],
  ])('spend is found by %o', async (wanted, found) => {
    await at.store.addSpend([
      spent({ requestId: 'a', keyId: 'key-0', startedAt: 1 }),
      spent({ requestId: 'b', keyId: 'key-1', userId: 'bob', startedAt: 2 }),
      spent({ requestId: 'c', keyId: 'key-0', startedAt: 3 }),
      spent({ requestId: 'd', keyId: 'key-1', startedAt: 4 }),
    ]);
    expect((await at.store.spend({ ...wanted, limit: 10 })).map(({ requestId }) => requestId)).toEqual(found);
    expect(await at.store.spend({ ...wanted, limit: 1 })).toHaveLength(Math.min(1, found.length));
  });

  test('bodies are bytes, and come back as they were', async () => {
    const sealed = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    await at.store.addBodies([{ requestId: 'turn-1', keyId: 'hash-1', at: 7, sealed }]);
    await at.store.addBodies([{ requestId: 'turn-1', keyId: 'other', at: 8, sealed: Buffer.from('again') }]);
    await at.store.settle();
    const body = await at.store.body('turn-1');
    expect(body && { ...body, sealed: Buffer.from(body.sealed) }).toEqual({
      requestId: 'turn-1',
      keyId: 'hash-1',
      at: 7,
      sealed,
    });
    expect(await at.store.body('turn-2')).toBeUndefined();
  });
}

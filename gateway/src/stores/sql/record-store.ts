import { type Kysely, sql, type Transaction } from 'kysely';
import { type KeyChange, type RecordStore, type SpendQuery, type SpendRow, TakenError } from '../contract.ts';
import { isTaken } from './is-taken.ts';
import { objectStore } from './object-store.ts';
import { promptStore } from './prompt-store.ts';
import { responseStore } from './response-store.ts';
import { auditOf, auditRow, keyOf, keyRow, spendOf } from './rows.ts';
import { slices, type SpendInsert, spendInsert } from './spend-insert.ts';
import type { PeriodTable, Tables } from './tables.ts';

const ROWS_PER_TRANSACTION_MAX = 1000;

/** The store over any database that Kysely speaks to. `settle` resolves when what was written is on the disk. */
export function recordStore(database: Kysely<Tables>, settle: () => Promise<void>): RecordStore {
  const insertSpend = spendInsert(database);
  return {
    keys: async () => (await database.selectFrom('access_key').selectAll().execute()).map(keyOf),
    changeKeys: async (change) => {
      try {
        await database.transaction().execute((transaction) => changeKeys(transaction, change));
      } catch (thrown) {
        throw isTaken(thrown) ? new TakenError('The id or the alias is in use.', { cause: thrown }) : thrown;
      }
      await settle();
    },
    addSpend: async (rows) => {
      for (const batch of slices(rows, ROWS_PER_TRANSACTION_MAX)) await addSpend(database, insertSpend, batch);
    },
    spend: (query) => readSpend(database, query),
    periodSpend: async () =>
      (await database.selectFrom('period_spend').selectAll().execute()).map((row) => ({
        keyId: row.key_id,
        periodStart: row.period_start,
        costNanousd: row.cost_nanousd,
      })),
    keyTotals: () => keyTotals(database),
    audit: async (limit) => {
      const newest = database.selectFrom('audit').selectAll().orderBy('at', 'desc').orderBy('id', 'desc');
      return (await newest.limit(limit).execute()).map(auditOf);
    },
    addBodies: async (rows) => {
      if (rows.length === 0) return;
      const values = rows.map(({ requestId, keyId, at, sealed }) => ({
        request_id: requestId,
        key_id: keyId,
        at,
        sealed: Buffer.from(sealed),
      }));
      await database
        .insertInto('body')
        .values(values)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    body: async (requestId) => {
      const row = await database.selectFrom('body').selectAll().where('request_id', '=', requestId).executeTakeFirst();
      return row && { requestId: row.request_id, keyId: row.key_id, at: row.at, sealed: row.sealed };
    },
    prompts: promptStore(database, settle),
    objects: objectStore(database, settle),
    responses: responseStore(database, settle),
    settle,
    close: () => database.destroy(),
  };
}

async function changeKeys(transaction: Transaction<Tables>, change: KeyChange): Promise<void> {
  const { insert = [], update = [], remove = [], carried = [], audit } = change;
  if (insert.length > 0) await transaction.insertInto('access_key').values(insert.map(keyRow)).execute();
  for (const key of update)
    await transaction.updateTable('access_key').set(keyRow(key)).where('id', '=', key.id).execute();
  if (remove.length > 0) await transaction.deleteFrom('access_key').where('id', 'in', remove).execute();
  for (const { keyId, periodStart, costNanousd } of carried)
    await transaction
      .insertInto('period_spend')
      .values({ key_id: keyId, period_start: periodStart, cost_nanousd: costNanousd })
      .onConflict((conflict) => conflict.columns(['key_id', 'period_start']).doUpdateSet({ cost_nanousd: costNanousd }))
      .execute();
  if (audit.length > 0) await transaction.insertInto('audit').values(audit.map(auditRow)).execute();
}

/** Rows that are there already are rare: somebody died between writing them and saying so. */
async function addSpend(database: Kysely<Tables>, insert: SpendInsert, rows: readonly SpendRow[]): Promise<void> {
  try {
    await database.transaction().execute(async (transaction) => {
      if (!(await insert.whenNew(transaction, rows))) throw new KnownRows();
      await addToPeriods(transaction, rows.map(periodOf));
    });
  } catch (thrown) {
    if (!(thrown instanceof KnownRows)) throw thrown;
    await database.transaction().execute(async (transaction) => {
      await addToPeriods(transaction, await insert.ifNew(transaction, rows));
    });
  }
}

/** Takes a transaction back. */
class KnownRows extends Error {}

function periodOf({ keyId, periodStart, costNanousd }: SpendRow): PeriodTable {
  return { key_id: keyId, period_start: periodStart, cost_nanousd: costNanousd };
}

async function addToPeriods(transaction: Transaction<Tables>, added: readonly PeriodTable[]): Promise<void> {
  const sums = new Map<string, PeriodTable>();
  for (const row of added) {
    const id = `${row.key_id}\n${row.period_start}`;
    const sum = sums.get(id);
    if (sum) sum.cost_nanousd += row.cost_nanousd;
    else sums.set(id, { ...row });
  }
  // In one order for everybody, so that two writers can't wait for each other.
  const sorted = [...sums.values()].toSorted((a, b) => (a.key_id < b.key_id ? -1 : a.key_id > b.key_id ? 1 : 0));
  for (const sum of sorted)
    await transaction
      .insertInto('period_spend')
      .values(sum)
      .onConflict((conflict) =>
        conflict
          .columns(['key_id', 'period_start'])
          .doUpdateSet({ cost_nanousd: sql`period_spend.cost_nanousd + excluded.cost_nanousd` }),
      )
      .execute();
}

async function readSpend(database: Kysely<Tables>, wanted: SpendQuery): Promise<readonly SpendRow[]> {
  let query = database.selectFrom('spend').selectAll();
  if (wanted.keyId !== undefined) query = query.where('key_id', '=', wanted.keyId);
  if (wanted.userId !== undefined) query = query.where('user_id', '=', wanted.userId);
  if (wanted.requestId !== undefined) query = query.where('request_id', '=', wanted.requestId);
  if (wanted.from !== undefined) query = query.where('started_at', '>=', wanted.from);
  if (wanted.until !== undefined) query = query.where('started_at', '<', wanted.until);
  const newest = query.orderBy('started_at', 'desc').orderBy('request_id', 'desc').limit(wanted.limit);
  return (await newest.execute()).map(spendOf);
}

async function keyTotals(database: Kysely<Tables>) {
  const rows = await database
    .selectFrom('spend')
    .select(({ fn }) => ['key_id', fn.sum<number>('cost_nanousd').as('cost'), fn.countAll<number>().as('requests')])
    .groupBy('key_id')
    .execute();
  return rows.map(({ key_id: keyId, cost, requests }) => ({ keyId, costNanousd: Number(cost), requests }));
}

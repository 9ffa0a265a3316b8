import { type Kysely, sql, type Transaction } from 'kysely';
import type { ResponseCaps, ResponseRow, ResponseStore } from '../contract.ts';
import type { ResponseTable, Tables } from './tables.ts';

/** Kept responses, in any database that Kysely speaks to. */
export function responseStore(database: Kysely<Tables>, settle: () => Promise<void>): ResponseStore {
  return {
    add: async (rows, caps) => {
      if (rows.length === 0) return;
      await database.transaction().execute(async (transaction) => {
        await insert(transaction, rows);
        await trim(transaction, [...new Set(rows.map(({ keyId }) => keyId))], caps);
      });
    },
    find: async (id, keyId, now) => {
      const row = await database
        .selectFrom('kept_response')
        .select(['id', 'key_id', 'created_at', 'expires_at', 'sealed'])
        .select((select) => select.case().when('key_id', '=', keyId).then(select.ref('body')).end().as('body'))
        .where('id', '=', id)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      if (!row) return undefined;
      return row.body === null ? 'others' : responseOf({ ...row, body: row.body });
    },
    remove: async (id, keyId, now) => {
      const wasThere = await database.transaction().execute((transaction) => remove(transaction, { id, keyId, now }));
      await settle();
      return wasThere;
    },
    removedSince: async (at) => {
      const rows = await database.selectFrom('removed_response').select('id').where('at', '>=', at).execute();
      return rows.map(({ id }) => id);
    },
    expire: async (now, removalsBefore) => {
      await database.deleteFrom('kept_response').where('expires_at', '<=', now).execute();
      await database.deleteFrom('removed_response').where('at', '<', removalsBefore).execute();
    },
  };
}

/** In one order for everybody, so that two writers can't wait for each other. */
async function insert(transaction: Transaction<Tables>, rows: readonly ResponseRow[]): Promise<void> {
  for (const row of rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    await transaction
      .insertInto('kept_response')
      .values(rowOf(row))
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet((now) => ({
            created_at: now.ref('excluded.created_at'),
            expires_at: now.ref('excluded.expires_at'),
            bytes: now.ref('excluded.bytes'),
            sealed: now.ref('excluded.sealed'),
            body: now.ref('excluded.body'),
          }))
          .whereRef('kept_response.key_id', '=', 'excluded.key_id'),
      )
      .execute();
}

async function trim(
  transaction: Transaction<Tables>,
  keyIds: readonly string[],
  { keyEntriesMax, keyBytesMax }: ResponseCaps,
): Promise<void> {
  const full = await transaction
    .selectFrom('kept_response')
    .select('key_id')
    .where('key_id', 'in', keyIds)
    .groupBy('key_id')
    .having((sums) =>
      sums.or([
        sums(sums.fn.countAll<number>(), '>', keyEntriesMax),
        sums(sums.fn.sum<number>('bytes'), '>', keyBytesMax),
      ]),
    )
    .execute();
  for (const { key_id } of full)
    await sql`DELETE FROM kept_response WHERE id IN (
      SELECT id FROM (
        SELECT id,
          row_number() OVER (ORDER BY created_at DESC, id DESC) AS place,
          sum(bytes) OVER (ORDER BY created_at DESC, id DESC) AS total
        FROM kept_response WHERE key_id = ${key_id}
      ) AS newest WHERE place > ${keyEntriesMax} OR total > ${keyBytesMax})`.execute(transaction);
}

async function remove(
  transaction: Transaction<Tables>,
  { id, keyId, now }: { readonly id: string; readonly keyId: string; readonly now: number },
): Promise<boolean> {
  const gone = await transaction
    .deleteFrom('kept_response')
    .where('id', '=', id)
    .where('key_id', '=', keyId)
    .returning('expires_at')
    .executeTakeFirst();
  if (!gone) return false;
  await transaction
    .insertInto('removed_response')
    .values({ id, at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ at: now }))
    .execute();
  return gone.expires_at > now;
}

function rowOf({ id, keyId, createdAt, expiresAt, isSealed, body }: ResponseRow): ResponseTable {
  return {
    id,
    key_id: keyId,
    created_at: createdAt,
    expires_at: expiresAt,
    bytes: body.byteLength,
    sealed: isSealed ? 1 : 0,
    body: Buffer.from(body),
  };
}

function responseOf({ id, key_id, created_at, expires_at, sealed, body }: Omit<ResponseTable, 'bytes'>): ResponseRow {
  return { id, keyId: key_id, createdAt: created_at, expiresAt: expires_at, isSealed: sealed === 1, body };
}

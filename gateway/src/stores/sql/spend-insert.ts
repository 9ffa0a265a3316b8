import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import type { SpendRow } from '../contract.ts';
import { spendRow } from './rows.ts';
import type { PeriodTable, SpendTable, Tables } from './tables.ts';

/** SQLite takes 32,766 parameters in one statement, which is 1,724 rows. A power of two. */
const ROWS_PER_STATEMENT_MAX = 256;

/** Adds rows, and says which of them are new, so that a batch may be written again after a crash. */
export interface SpendInsert {
  /** Adds rows that are all new; `false` where some weren't, and then the transaction must not stay. */
  readonly whenNew: (transaction: Transaction<Tables>, rows: readonly SpendRow[]) => Promise<boolean>;
  /** Adds those that are new. It has to ask which, and that costs a fifth more. */
  readonly ifNew: (transaction: Transaction<Tables>, rows: readonly SpendRow[]) => Promise<readonly PeriodTable[]>;
}

/**
 * Builds the statements for each number of rows once: building costs more than running them. Both we and the database keep
 * them, so there are as many as there are powers of two, not one for every number.
 */
export function spendInsert(database: Kysely<Tables>): SpendInsert {
  const insert = (rows: readonly SpendTable[]) =>
    database
      .insertInto('spend')
      .values(rows)
      .onConflict((conflict) => conflict.column('request_id').doNothing());
  const blind = remembered((rows) => insert(rows).compile());
  const telling = remembered((rows) => insert(rows).returning(['key_id', 'period_start', 'cost_nanousd']).compile());
  return {
    whenNew: async (transaction, rows) => {
      for (const batch of powersOfTwo(rows.map(spendRow), ROWS_PER_STATEMENT_MAX)) {
        const { numAffectedRows } = await transaction.executeQuery(blind(batch));
        if (Number(numAffectedRows) !== batch.length) return false;
      }
      return true;
    },
    ifNew: async (transaction, rows) => {
      const added: PeriodTable[] = [];
      for (const batch of powersOfTwo(rows.map(spendRow), ROWS_PER_STATEMENT_MAX))
        added.push(...(await transaction.executeQuery<PeriodTable>(telling(batch))).rows);
      return added;
    },
  };
}

function remembered<Row>(build: (rows: readonly SpendTable[]) => CompiledQuery<Row>) {
  const statements = new Map<number, CompiledQuery<Row>>();
  return (rows: readonly SpendTable[]): CompiledQuery<Row> => {
    let statement = statements.get(rows.length);
    if (!statement) statements.set(rows.length, (statement = build(rows)));
    const parameters: unknown[] = [];
    for (const row of rows) parameters.push(...Object.values(row as object));
    return { ...statement, parameters };
  };
}

/** Cuts a list into pieces of this length, the last one perhaps shorter. */
export function slices<T>(list: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / length) }, (_, at) => list.slice(at * length, (at + 1) * length));
}

/** Cuts a list into pieces whose lengths are powers of two, the longest first and none longer than `most`, one itself. */
export function powersOfTwo<T>(list: readonly T[], most: number): T[][] {
  const pieces: T[][] = [];
  let length = most;
  for (let at = 0; at < list.length; at += length) {
    while (length > list.length - at) length /= 2;
    pieces.push(list.slice(at, at + length));
  }
  return pieces;
}

import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import type { SpendRow } from '../contract.ts';
import { spendRow } from './rows.ts';
import type { PeriodTable, SpendTable, Tables } from './tables.ts';

/** SQLite takes 32,766 parameters in one statement, which is 1,724 rows. */
const ROWS_PER_STATEMENT_MAX = 500;

/** Adds rows, and says which of them are new, so that a batch may be written again after a crash. */
export interface SpendInsert {
  /** Adds rows that are all new; `false` where some weren't, and then the transaction must not stay. */
  readonly whenNew: (transaction: Transaction<Tables>, rows: readonly SpendRow[]) => Promise<boolean>;
  /** Adds those that are new. It has to ask which, and that costs a fifth more. */
  readonly ifNew: (transaction: Transaction<Tables>, rows: readonly SpendRow[]) => Promise<readonly PeriodTable[]>;
}

/** Builds the statements for each number of rows once: building costs more than running them. */
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
      for (const batch of slices(rows.map(spendRow), ROWS_PER_STATEMENT_MAX)) {
        const { numAffectedRows } = await transaction.executeQuery(blind(batch));
        if (Number(numAffectedRows) !== batch.length) return false;
      }
      return true;
    },
    ifNew: async (transaction, rows) => {
      const added: PeriodTable[] = [];
      for (const batch of slices(rows.map(spendRow), ROWS_PER_STATEMENT_MAX))
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

import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import type { SpendRow } from '../contract.ts';
import { spendRow } from './rows.ts';
import type { PeriodTable, Tables } from './tables.ts';

/** So many at a time: SQLite works where turns do, and makes them wait less than half a millisecond. */
const ROWS_PER_STATEMENT_MAX = 50;

/** Adds rows, and says which of them are new, so that a batch may be written again after a crash. */
export type SpendInsert = (
  transaction: Transaction<Tables>,
  rows: readonly SpendRow[],
) => Promise<readonly PeriodTable[]>;

/** Builds the statement for each number of rows once: building costs more than running it. */
export function spendInsert(database: Kysely<Tables>): SpendInsert {
  const statements = new Map<number, CompiledQuery<PeriodTable>>();
  const statementFor = (rows: readonly SpendRow[]): CompiledQuery<PeriodTable> => {
    let statement = statements.get(rows.length);
    if (!statement) {
      const insert = database.insertInto('spend').values(rows.map(spendRow));
      const onlyNew = insert.onConflict((conflict) => conflict.column('request_id').doNothing());
      statement = onlyNew.returning(['key_id', 'period_start', 'cost_nanousd']).compile();
      statements.set(rows.length, statement);
    }
    return statement;
  };
  return async (transaction, rows) => {
    const added: PeriodTable[] = [];
    for (const batch of slices(rows, ROWS_PER_STATEMENT_MAX)) {
      const parameters = batch.flatMap((row): unknown[] => Object.values(spendRow(row) as object));
      added.push(...(await transaction.executeQuery<PeriodTable>({ ...statementFor(batch), parameters })).rows);
      await othersTurn();
    }
    return added;
  };
}

/** Cuts a list into pieces of this length, the last one perhaps shorter. */
export function slices<T>(list: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / length) }, (_, at) => list.slice(at * length, (at + 1) * length));
}

/** Promises alone leave turns no room. */
function othersTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

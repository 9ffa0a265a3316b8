import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { RecordStore } from '../contract.ts';
import { migrate } from './migrations.ts';
import { recordStore } from './record-store.ts';
import type { Tables } from './tables.ts';

const CONNECTIONS_MAX = 5;
const CONNECT_MS = 10_000;
/** PostgreSQL's numbers for its types of whole numbers and of sums of them. */
const BIGINT = 20;
const NUMERIC = 1700;

/** Opens a PostgreSQL database and brings it up to date. `onTrouble` hears of connections that break while idle. */
export async function openPostgres(url: string, onTrouble: (cause: unknown) => void): Promise<RecordStore> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS,
    types: { getTypeParser },
  });
  pool.on('error', onTrouble);
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(database, 'bytea');
  } catch (thrown) {
    await database.destroy();
    throw thrown;
  }
  return recordStore(database, () => Promise.resolve());
}

/** Whole numbers come as texts unless asked for. All of ours fit: nine million dollars in nano-dollars do. */
const getTypeParser: typeof pg.types.getTypeParser = (type: number, format?: 'text' | 'binary') =>
  type === BIGINT || type === NUMERIC ? Number : (pg.types.getTypeParser(type, format as 'text') as never);

import { Kysely, sql } from 'kysely';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RecordStore } from '../contract.ts';
import { migrate } from './migrations.ts';
import { recordStore } from './record-store.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { SqliteThread } from './sqlite-thread.ts';
import type { Tables } from './tables.ts';

const BUSY_MS = 5000;
// A commit is in the file's log at once, and on the disk when `settle` says so.
const PRAGMAS = ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON', `busy_timeout = ${BUSY_MS}`];

/** Opens a SQLite file, makes it if need be, and brings it up to date. Only the owner can read it. */
export async function openSqlite(path: string): Promise<RecordStore> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const database = new Kysely<Tables>({ dialect: sqliteDialect(new SqliteThread({ path, pragmas: PRAGMAS })) });
  try {
    await migrate(database, 'blob');
  } catch (thrown) {
    await database.destroy();
    throw thrown;
  }
  const settle = async (): Promise<void> => void (await sql`PRAGMA wal_checkpoint(FULL)`.execute(database));
  return recordStore(database, settle);
}

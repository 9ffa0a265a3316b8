import { Kysely, SqliteDialect, sql, type SqliteStatement } from 'kysely';
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RecordStore } from '../contract.ts';
import { migrate } from './migrations.ts';
import { recordStore } from './record-store.ts';
import type { Tables } from './tables.ts';

/** Texts of statements that stay prepared. */
const PREPARED_MAX = 100;
const BUSY_MS = 5000;

/** Opens a SQLite file, makes it if need be, and brings it up to date. Only the owner can read it. */
export async function openSqlite(path: string): Promise<RecordStore> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const { DatabaseSync: Database } = await driver();
  const file = new Database(path);
  // A commit is in the file's log at once, and on the disk when `settle` says so.
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON', `busy_timeout = ${BUSY_MS}`])
    file.exec(`PRAGMA ${pragma}`);
  const database = new Kysely<Tables>({ dialect: dialectOf(file) });
  try {
    await migrate(database, 'blob');
  } catch (thrown) {
    await database.destroy();
    throw thrown;
  }
  const settle = async (): Promise<void> => void (await sql`PRAGMA wal_checkpoint(FULL)`.execute(database));
  return recordStore(database, settle);
}

/** The package has binaries for the usual platforms; Node's own is the same and serves the others, where it is new enough. */
async function driver(): Promise<{ readonly DatabaseSync: new (path: string) => DatabaseSyncInstance }> {
  try {
    return await import('@photostructure/sqlite');
  } catch (thrown) {
    const builtIn: string = 'node:sqlite';
    try {
      return (await import(builtIn)) as { DatabaseSync: new (path: string) => DatabaseSyncInstance };
    } catch {
      throw thrown;
    }
  }
}

function dialectOf(file: DatabaseSyncInstance): SqliteDialect {
  const prepared = new Map<string, SqliteStatement>();
  return new SqliteDialect({
    database: {
      close: () => file.close(),
      prepare: (text) => {
        let statement = prepared.get(text);
        if (statement) return statement;
        if (prepared.size >= PREPARED_MAX) prepared.clear();
        statement = statementOf(file.prepare(text));
        prepared.set(text, statement);
        return statement;
      },
    },
  });
}

type Bound = Parameters<StatementSyncInstance['run']>;

function statementOf(statement: StatementSyncInstance): SqliteStatement {
  const bound = (values: readonly unknown[]): Bound => values as Bound;
  return {
    reader: statement.columns().length > 0,
    all: (values) => statement.all(...bound(values)),
    run: (values) => statement.run(...bound(values)),
    iterate: (values) => statement.iterate(...bound(values)),
  };
}

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, postgresMissing, startPostgres } from '../../test/postgres-server.ts';
import { storeSuite } from './contract.suite.ts';
import { openPostgres } from './sql/postgres.ts';
import { openSqlite } from './sql/sqlite.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

storeSuite('SQLite', async () => {
  const folder = temporaryFolder('store');
  return {
    open: () => openSqlite(join(folder, 'deep', 'synthlang.db')),
    drop: () => Promise.resolve(),
  };
});

test('only the owner can read the SQLite file', async () => {
  const folder = temporaryFolder('store');
  const path = join(folder, 'deep', 'synthlang.db');
  const store = await openSqlite(path);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
  await store.close();
});

const missing = postgresMissing();

describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  storeSuite('a database of its own', async () => {
    const url = await server.newDatabase();
    const troubles: unknown[] = [];
    return {
      open: () => openPostgres(url, (cause) => troubles.push(cause)),
      drop: () => Promise.resolve(expect(troubles).toEqual([])),
    };
  });

  test('two gateways that start at once bring it up to date once', async () => {
    const url = await server.newDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openPostgres(url, () => undefined)));
    for (const store of stores) expect(await store.keys()).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a database that isn’t there is an error, not a wait', async () => {
    await expect(openPostgres('postgres://nobody@127.0.0.1:1/none', () => undefined)).rejects.toThrow();
  });
});

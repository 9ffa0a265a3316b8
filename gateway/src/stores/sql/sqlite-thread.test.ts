import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/temporary-folder.ts';
import { SqliteThread } from './sqlite-thread.ts';

let thread: SqliteThread | undefined;

function opened(path = join(temporaryFolder('sqlite'), 'x.db')): SqliteThread {
  thread = new SqliteThread({ path, pragmas: ['journal_mode = WAL'] });
  return thread;
}

afterEach(() => thread?.close().catch(() => undefined));

test('statements are run in the order they were asked for', async () => {
  const file = opened();
  const [, inserted, read] = await Promise.all([
    file.run('create table t (a integer)', []),
    file.run('insert into t values (?), (?)', [1, 2]),
    file.run('select a from t order by a', []),
  ]);
  expect(inserted.changes).toBe(2);
  expect(read.rows).toEqual([{ a: 1 }, { a: 2 }]);
});

test('bytes come back as they went', async () => {
  const file = opened();
  const { rows } = await file.run('select ? as b', [Buffer.from([0, 255, 7])]);
  expect(rows).toEqual([{ b: new Uint8Array([0, 255, 7]) }]);
});

test('what SQLite says is wrong is told, and the thread goes on', async () => {
  const file = opened();
  await file.run('create table t (a integer unique)', []);
  await file.run('insert into t values (1)', []);
  await expect(file.run('insert into t values (1)', [])).rejects.toThrow('UNIQUE constraint failed');
  await expect(file.run('nonsense', [])).rejects.toThrow('syntax error');
  expect((await file.run('select count(*) as n from t', [])).rows).toEqual([{ n: 1 }]);
});

test('a file that can’t be opened is an error of whoever asked', async () => {
  const file = opened('/nowhere/at/all/x.db');
  await expect(file.run('select 1', [])).rejects.toThrow();
  await expect(file.run('select 1', [])).rejects.toThrow();
});

test('what was asked before closing is still done, and another beginning finds it', async () => {
  const path = join(temporaryFolder('sqlite'), 'x.db');
  const first = opened(path);
  const asked = [first.run('create table t (a integer)', []), first.run('insert into t values (1)', [])];
  await Promise.all([...asked, first.close()]);
  await first.close();
  expect((await opened(path).run('select a from t', [])).rows).toEqual([{ a: 1 }]);
});

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './rules/sources.ts';
import {
  removeTemporaryFolder,
  removeTemporaryFolders,
  temporaryFolder,
  temporaryFoldersIn,
} from './temporary-folder.ts';

test('a temporary folder goes when the tests of the file are over, with what is in it', () => {
  const [one, other] = [temporaryFolder('one'), temporaryFolder('other')];
  mkdirSync(join(one, 'deep'));
  writeFileSync(join(one, 'deep', 'file'), '');
  removeTemporaryFolders();
  expect([one, other].filter(existsSync)).toEqual([]);
});

test('it lies in the folder of the run, and can go before', () => {
  const folder = temporaryFolder('early');
  expect(dirname(folder)).toBe(tmpdir());
  expect(basename(tmpdir())).toMatch(/^synthlang-run-/);
  expect(temporaryFoldersIn(tmpdir())).toContain(basename(folder));
  removeTemporaryFolder(folder);
  expect(temporaryFoldersIn(tmpdir())).not.toContain(basename(folder));
});

test.each([
  ['leaves nothing behind', 'temporaryFolder("tidy")', 0],
  ['leaves a folder behind', 'mkdirSync(join(tmpdir(), "synthlang-forgotten-1"))', 1],
])('a run of tests that %s ends with its code', (_, act, code) => {
  const folder = temporaryFolder('a-run');
  for (const path of ['vitest.config.ts', 'gateway/test/each-run.ts', 'gateway/test/each-file.ts', OWN])
    cpSync(join(ROOT, path), join(folder, path));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  writeFileSync(join(folder, 'gateway/test/one.test.ts'), `${IMPORTS}\ntest('one', () => void ${act});\n`);
  const env = { PATH: process.env['PATH'], TMPDIR: temporaryFolder('outside'), NO_COLOR: '1' };
  const words = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' });
  expect([status, stdout]).toEqual([code, expect.stringContaining('1 passed')]);
  expect(stderr.includes('1 temporary folders behind: synthlang-forgotten-')).toBe(code === 1);
  expect(temporaryFoldersIn(env.TMPDIR)).toEqual([]);
});

const OWN = 'gateway/test/temporary-folder.ts';
const IMPORTS = [
  "import { mkdirSync } from 'node:fs';",
  "import { tmpdir } from 'node:os';",
  "import { join } from 'node:path';",
  "import { test } from 'vitest';",
  "import { temporaryFolder } from './temporary-folder.ts';",
].join('\n');

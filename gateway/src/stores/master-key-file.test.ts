import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { masterKeyFile } from './master-key-file.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

function newFolder(): string {
  const folder = temporaryFolder('key');
  return folder;
}

const HASH = { sha256: 'ab'.repeat(32) };

test('what was written is read again', async () => {
  const folder = join(newFolder(), 'not', 'yet', 'there');
  expect(masterKeyFile(folder).read()).toBeUndefined();
  await masterKeyFile(folder).write(HASH);
  expect(masterKeyFile(folder).read()).toEqual(HASH);
});

test('only the owner can read it, and nothing else is left lying about', async () => {
  const folder = join(newFolder(), 'data');
  await masterKeyFile(folder).write(HASH);
  expect(readdirSync(folder)).toEqual(['master-key.json']);
  expect(statSync(join(folder, 'master-key.json')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test.each([
  ['nothing', ''],
  ['half of it', '{"sha256":"ab'],
  ['something else', '{"hello":"world"}'],
  ['null', 'null'],
  ['a hash that is too short', '{"sha256":"abcd"}'],
  ['a key instead of its hash', '{"sha256":"sk-CANARY-0123456789"}'],
])('a file with %s in it is an error that says what to do, never a new key', (_, text) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'master-key.json'), text);
  expect(() => masterKeyFile(folder).read()).toThrow(
    /master-key\.json (holds no key hash|is not JSON); restore it, or delete it/,
  );
  expect(() => masterKeyFile(folder).read()).not.toThrow('CANARY');
});

test('a file that can’t be read is an error', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'master-key.json'));
  expect(() => masterKeyFile(folder).read()).toThrow('EISDIR');
});

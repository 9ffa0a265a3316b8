import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonFile } from './json-file.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

function newFolder(): string {
  const folder = temporaryFolder('json');
  return folder;
}

test('what was written is read again, by others too', async () => {
  const path = join(newFolder(), 'not', 'yet', 'there.json');
  expect(jsonFile(path).read()).toBeUndefined();
  await jsonFile(path).write({ a: ['ü', 1] });
  expect(jsonFile(path).read()).toEqual({ a: ['ü', 1] });
});

test('only the owner can read it, and nothing else is left lying about', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'a.json.new'), 'half', { mode: 0o666 });
  await jsonFile(join(folder, 'a.json')).write(1);
  expect(readdirSync(folder)).toEqual(['a.json']);
  expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
});

test('what isn’t JSON is an error that says what to do', () => {
  const path = join(newFolder(), 'a.json');
  writeFileSync(path, '{"half');
  expect(() => jsonFile(path).read()).toThrow('is not JSON; restore it, or delete it');
});

test('a value that can’t be written leaves the old one', async () => {
  const path = join(newFolder(), 'a.json');
  await jsonFile(path).write('old');
  mkdirSync(`${path}.new/x`, { recursive: true });
  await expect(jsonFile(path).write('new')).rejects.toThrow('EISDIR');
  expect(jsonFile(path).read()).toBe('old');
});

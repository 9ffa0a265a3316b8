import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { textFolder } from './text-folder.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

const LIMITS = { filesMax: 100, fileBytesMax: 1000 };

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = temporaryFolder('folder');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const paths = async (folder: string, limits = LIMITS) =>
  (await textFolder(folder, limits).list()).map(({ path }) => path);

test('files are listed and read by their path from the folder', async () => {
  const folder = folderOf({ 'a.md': 'Hello', 'deep/er/b.txt': 'There' });
  expect(await paths(folder)).toEqual(['a.md', 'deep/er/b.txt']);
  expect(await textFolder(folder, LIMITS).read('deep/er/b.txt')).toBe('There');
});

test('hidden files, packages, empty files and files that are too large are left out', async () => {
  const folder = folderOf({
    '.env': 'KEY=x',
    '.git/config': 'x',
    'node_modules/a.js': 'x',
    empty: '',
    big: 'x'.repeat(1001),
  });
  expect(await paths(folder)).toEqual([]);
});

test('no more files are listed than allowed', async () => {
  expect(await paths(folderOf({ a: 'x', b: 'x', c: 'x' }), { ...LIMITS, filesMax: 2 })).toEqual(['a', 'b']);
});

test('nothing outside is read: by no path, and by no link', async () => {
  const outside = folderOf({ secret: 'CANARY', 'sub/secret': 'CANARY' });
  const folder = folderOf({ 'a.md': 'Hello' });
  symlinkSync(join(outside, 'secret'), join(folder, 'link'));
  symlinkSync(join(outside, 'sub'), join(folder, 'linked'));
  expect(await paths(folder)).toEqual(['a.md']);
  const { read } = textFolder(folder, LIMITS);
  for (const path of [
    'link',
    'linked/secret',
    join('..', outside.split('/').at(-1) ?? '', 'secret'),
    '/etc/hostname',
    '..',
    '',
    'a\0b',
  ])
    expect(await read(path), path).toBeUndefined();
});

test('a folder that is itself a link is read', async () => {
  const folder = folderOf({ 'a.md': 'Hello' });
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  onTestFinished(() => rmSync(link));
  expect(await textFolder(link, LIMITS).read('a.md')).toBe('Hello');
});

test('what isn’t text, or is gone, is nothing', async () => {
  const folder = folderOf({ image: Buffer.from([0x89, 0x50, 0, 1]), latin: Buffer.from('caf\xe9', 'latin1') });
  const { read } = textFolder(folder, LIMITS);
  expect([await read('image'), await read('latin'), await read('gone')]).toEqual([undefined, undefined, undefined]);
});

test('a folder that isn’t there is an error', async () => {
  await expect(textFolder(join(folderOf({}), 'gone'), LIMITS).list()).rejects.toThrow('ENOENT');
});

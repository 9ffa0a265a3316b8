import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findConfigFile, withDotEnv } from './process-environment.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

const newFolder = (): string => temporaryFolder('environment');

test('a .env file adds names, and leaves alone what is set already', () => {
  const folder = newFolder();
  writeFileSync(join(folder, '.env'), '# a comment\nPORT=1\nexport HOST="0.0.0.0"\nEMPTY=\n');
  expect(withDotEnv({ PORT: '2' }, folder)).toEqual({ PORT: '2', HOST: '0.0.0.0', EMPTY: '' });
});

test('without a .env file the environment stays as it is', () => {
  expect(withDotEnv({ PORT: '2' }, newFolder())).toEqual({ PORT: '2' });
});

test('a .env that can’t be read is an error', () => {
  const folder = newFolder();
  mkdirSync(join(folder, '.env'));
  expect(() => withDotEnv({}, folder)).toThrow('can’t be read (EISDIR)');
});

test('the config file is the named one, else synthlang.yaml in the folder, else none', () => {
  const folder = newFolder();
  expect(findConfigFile({ env: {}, folder })).toBeUndefined();
  writeFileSync(join(folder, 'synthlang.yml'), '');
  expect(findConfigFile({ env: {}, folder })).toBe(join(folder, 'synthlang.yml'));
  writeFileSync(join(folder, 'synthlang.yaml'), '');
  expect(findConfigFile({ env: {}, folder })).toBe(join(folder, 'synthlang.yaml'));
  expect(findConfigFile({ env: { SYNTHLANG_CONFIG: 'other.yaml' }, folder })).toBe('other.yaml');
});

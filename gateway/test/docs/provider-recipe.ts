import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../rules/sources.ts';
import type { CodeBlock } from './markdown.ts';
import { removeTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

const COPIED = [
  'gateway/src',
  'gateway/test',
  'gateway/fixtures',
  'gateway/tsconfig.json',
  'gateway/package.json',
  'package.json',
  'vitest.config.ts',
];
const INDEX = 'gateway/src/providers/index.ts';

/** What a run of the tests said. */
export interface Walk {
  readonly passed: boolean;
  readonly said: string;
}

/** Follows docs/extend/provider.md in a copy of the repository, to the letter, and runs what it says to run. */
export function walkProviderRecipe(blocks: readonly CodeBlock[]): Walk {
  const folder = temporaryFolder('recipe');
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const { info, code } of blocks.filter(({ info }) => info.startsWith('gateway/')))
      writeFileSync(join(folder, info), code);
    addToIndex(join(folder, INDEX), blocks.find(({ info }) => info === 'part')?.code ?? '');
    npmTestProviders(folder, { UPDATE: '1' });
    return npmTestProviders(folder, {});
  } finally {
    removeTemporaryFolder(folder);
  }
}

function addToIndex(file: string, line: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, line + text.replace(/(\breadonly Provider\[\] = \[)/, '$1acme, '));
}

/** The part of `npm test providers` that comes after installing and building. */
function npmTestProviders(folder: string, env: Readonly<Record<string, string>>): Walk {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--reporter=verbose', 'providers', '-t', 'acme'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', ...env },
    },
  );
  return { passed: status === 0, said: `${stdout}${stderr}` };
}

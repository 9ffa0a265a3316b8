import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../rules/sources.ts';
import type { CodeBlock } from './markdown.ts';
import { removeTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

/** One mistake can cause hundreds; the first ones tell enough. */
const COMPLAINTS_MAX = 10;

/**
 * Compiles blocks of documentation in a copy of the sources, and gives the compiler's complaints. A block whose info
 * names a file (`gateway/src/providers/acme.ts`) is put there; any other is a program that imports `synthlang-proxy`.
 */
export function complaintsAbout(blocks: readonly CodeBlock[]): string {
  const folder = temporaryFolder('docs');
  try {
    lay(folder, blocks);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', 'gateway'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const own = new Set(blocks.map(placeOf));
    // What is wrong with the sources themselves is for `npm run typecheck` to say.
    const complaints = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => !line.startsWith('gateway/src/') || own.has(line.split('(')[0] ?? ''));
    return complaints.slice(0, COMPLAINTS_MAX).join('\n').trim();
  } finally {
    removeTemporaryFolder(folder);
  }
}

function lay(folder: string, blocks: readonly CodeBlock[]): void {
  const isSource = (path: string) => !/\.(test|suite)\.ts$/.test(path);
  cpSync(join(ROOT, 'gateway/src'), join(folder, 'gateway/src'), { recursive: true, filter: isSource });
  cpSync(join(ROOT, 'gateway/package.json'), join(folder, 'gateway/package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const placed = blocks.map((block) => ({ block, file: placeOf(block) }));
  for (const { block, file } of placed) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), block.code);
  }
  writeFileSync(join(folder, 'gateway/tsconfig.json'), JSON.stringify(settings(placed.map(({ file }) => file))));
}

/** The name says where a complaint comes from: page and line. */
function placeOf({ page, line, info }: CodeBlock): string {
  return info.endsWith('.ts') ? info : `gateway/docs/${page.replace(/\W+/g, '-')}-line-${line}.ts`;
}

function settings(files: readonly string[]): object {
  return {
    extends: join(ROOT, 'gateway/tsconfig.json'),
    compilerOptions: {
      paths: { 'synthlang-proxy': ['./src/library.ts'] },
    },
    include: files.map((file) => file.replace(/^gateway\//, '')),
  };
}

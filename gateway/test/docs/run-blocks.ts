import { ALONE } from '../gateway-process.ts';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../rules/sources.ts';
import type { CodeBlock } from './markdown.ts';
import { removeTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

const KEY = 'sk-documentation';
const USUAL_ADDRESS = 'http://127.0.0.1:8000';
const TSX = join(ROOT, 'node_modules/tsx/dist/loader.mjs');

/** A gateway, started as a reader would, that the documentation's programs can talk to. */
export interface DocsGateway {
  /** Runs a block and gives what it printed. Throws when it fails. */
  readonly run: (block: CodeBlock) => string;
  readonly stop: () => Promise<void>;
}

/** Starts the program itself, on a free port and in a folder of its own. */
export async function startDocsGateway(): Promise<DocsGateway> {
  const folder = temporaryFolder('docs-run');
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['openai', '@anthropic-ai', 'synthlang-proxy'])
    symlinkSync(moduleOf(name), join(folder, 'node_modules', name));
  const env = { PATH: process.env['PATH'], HOME: folder, LITELLM_MASTER_KEY: KEY, ...ALONE };
  const words = [
    '--import',
    TSX,
    join(ROOT, 'gateway/src/main.ts'),
    'serve',
    '--port',
    '0',
    '--data-dir',
    join(folder, 'data'),
  ];
  const child = spawn(process.execPath, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const address = await addressFrom(child);
  return {
    run: (block) => runBlock(block, { folder, address }),
    stop: async () => {
      child.kill();
      await new Promise((resolve) => child.once('exit', resolve));
      removeTemporaryFolder(folder);
    },
  };
}

/** Our own package is meant as it stands here, uncompiled. */
function moduleOf(name: string): string {
  return name === 'synthlang-proxy' ? join(ROOT, 'gateway') : join(ROOT, 'node_modules', name);
}

function addressFrom(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const hear = (bytes: Buffer) => {
      said += bytes.toString('utf8');
      const address = /serves on (http:\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`The gateway ended with ${code}:\n${said}`)));
  });
}

function runBlock(
  { page, line, language, code }: CodeBlock,
  { folder, address }: { readonly folder: string; readonly address: string },
): string {
  const text = code
    .replaceAll(USUAL_ADDRESS, address)
    .replaceAll("'synthlang-proxy'", `'${join(ROOT, 'gateway/src/library.ts')}'`);
  const file = join(folder, `${page.replace(/\W+/g, '-')}-line-${line}.${language === 'sh' ? 'sh' : 'mts'}`);
  writeFileSync(file, text);
  const [command, args] = language === 'sh' ? ['bash', ['-eu', file]] : [process.execPath, ['--import', TSX, file]];
  const env = { PATH: process.env['PATH'], HOME: folder, SYNTHLANG_KEY: KEY };
  const { status, stdout, stderr } = spawnSync(command, args as string[], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(`${page}:${line} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

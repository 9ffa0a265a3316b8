import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.ts';
import { flagsOf } from '../../test/node-flags.ts';
import { upstreamBase } from './contract.ts';
import type { Place, Running, System } from './contract.ts';
import { freePort, runProgram } from './run-program.ts';
import type { Kind } from '../latency/cases.ts';

const GATEWAY = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(GATEWAY, 'dist/main.js');
const CALLER_KEY = 'sk-bench-0123456789abcdef0123456789abcdef';
const MODELS: Readonly<Record<Kind, string>> = {
  plain: 'bench',
  paced: 'bench-paced',
  burst: 'bench-burst',
  held: 'bench-held',
};

/** Our gateway as an operator runs it: keys checked, model names rewritten, records, log lines, metrics and spend on. */
export const ours: System = system('ours', 'SynthLang Proxy', {});

/** The same without a database for keys and spend: what a turn costs that only passes. */
export const oursStoreless: System = system('storeless', 'SynthLang Proxy, no database', {
  store: { enabled: false },
});

function system(id: string, title: string, more: object): System {
  return {
    id,
    title,
    required: true,
    missing: async () => {
      const wrong = compile(join(GATEWAY, 'tsconfig.build.json'));
      if (existsSync(MAIN)) return undefined;
      return `gateway/dist/main.js is not there after the build. ${wrong ?? ''}`;
    },
    start: (place) => startOurs(place, more),
  };
}

/** An admin's key of the gateway that is measured. */
export const ADMIN_KEY = 'sk-admin-0123456789abcdef0123456789abcdef';

/** How the gateway's process is started, where that isn't as usual. */
interface ProcessOptions {
  /** Flags of Node beside its own. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const USUAL: ProcessOptions = { flags: [], env: {} };

/** Starts the built gateway, with more settings if need be. */
export async function startOurs(
  { upstreamPort, folder }: Place,
  more: object = {},
  { flags, env }: ProcessOptions = USUAL,
): Promise<Running> {
  const port = await freePort();
  const file = join(folder, 'synthlang.yaml');
  writeFileSync(file, JSON.stringify({ ...configOf(upstreamPort, folder), ...more }, undefined, 2));
  const program = await runProgram({
    command: process.execPath,
    args: [...flags, ...(await flagsOf(MAIN)), MAIN, 'serve', '--config', file, '--port', String(port)],
    port,
    logFile: join(folder, 'synthlang.log'),
    folder,
    env,
  });
  return {
    port,
    ...program,
    address: (kind) => ({
      path: '/v1/chat/completions',
      model: MODELS[kind],
      headers: { authorization: `Bearer ${CALLER_KEY}` },
      saysModel: MODELS[kind],
    }),
  };
}

function configOf(upstreamPort: number, folder: string): object {
  const models = (Object.keys(MODELS) as Kind[]).map((kind) => ({
    name: MODELS[kind],
    target: 'openai/gpt-4o-mini',
    key: 'sk-up',
    apiBase: `http://127.0.0.1:${upstreamPort}${upstreamBase(kind)}`,
  }));
  return {
    dataDir: join(folder, 'data'),
    access: { masterKey: ADMIN_KEY, apiKeys: [{ id: 'bench', key: CALLER_KEY }] },
    models,
    log: { level: 'info', turns: true },
    metrics: { enabled: true },
  };
}

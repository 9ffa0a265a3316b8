import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './environment-names.ts';
import { ConfigError } from './problem.ts';

/** The process's environment, completed by the folder's `.env` file; what is set already stays as it is. */
export function processEnvironment(folder: string = process.cwd()): Environment {
  return withDotEnv(process.env, folder);
}

/** The same for any environment. */
export function withDotEnv(env: Environment, folder: string): Environment {
  const file = join(folder, '.env');
  if (!existsSync(file)) return { ...env };
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...env };
  } catch (thrown) {
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    throw new ConfigError([{ path: '', file, message: `can’t be read (${reason})` }]);
  }
}

const FILE_NAMES = ['synthlang.yaml', 'synthlang.yml'];

/** The config file to use when none is named: the one `SYNTHLANG_CONFIG` names, else `synthlang.yaml` in the folder. */
export function findConfigFile({ env, folder }: { env: Environment; folder: string }): string | undefined {
  const named = env['SYNTHLANG_CONFIG'];
  if (named !== undefined && named !== '') return named;
  return FILE_NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createServer } from 'node:net';
import type { LocalServer } from '../../model/local-server.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { providers } from '../../providers/index.ts';
import { type Check, codeOf, fail, ok, warn } from './check.ts';

/** What `engines` in package.json asks for. */
const NODE_MIN = [20, 19] as const;
/** Before this program was written, so a clock that says it is wrong. */
const EARLIEST_MS = Date.UTC(2025, 0, 1);

/** Whether this Node is new enough. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (isNew) return ok('node', `Node ${version}`);
  return fail('node', `Node ${version} is too old`, `Install Node ${NODE_MIN.join('.')} or a later one.`);
}

/** Whether the clock can be right. */
export function checkClock(nowMs: number): Check {
  if (nowMs >= EARLIEST_MS) return ok('clock', new Date(nowMs).toISOString());
  return fail(
    'clock',
    `it says ${new Date(nowMs).toISOString()}`,
    'Set the clock; certificates are refused until then.',
  );
}

/** Whether everything can be kept, and nobody else reads it. */
export function checkDataFolder(folder: string): Check {
  const isThere = existsSync(folder);
  const nearest = isThere ? folder : ancestorOf(folder);
  try {
    accessSync(nearest, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (thrown) {
    const advice = `Let this user write into ${nearest}, or choose another folder with dataDir or --data-dir.`;
    return fail('data folder', `${folder} can’t be used (${codeOf(thrown)})`, advice);
  }
  if (!isThere) return ok('data folder', `${folder} will be made at the first start`);
  const { mode } = statSync(folder);
  if (!statSync(folder).isDirectory()) return fail('data folder', `${folder} is no folder`, 'Choose another dataDir.');
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    return warn('data folder', `${folder} is open to other users`, `chmod 700 ${folder}`);
  return ok('data folder', folder);
}

function ancestorOf(folder: string): string {
  const parent = dirname(folder);
  return parent === folder || existsSync(parent) ? parent : ancestorOf(parent);
}

/** Whether `serve` could listen. `isOurs` says whether a gateway is there already. */
export async function checkPort({ host, port }: { host: string; port: number }, isOurs: boolean): Promise<Check> {
  const place = `${host}:${port}`;
  try {
    await listenOnce(host, port);
    return ok('port', `${place} is free`);
  } catch (thrown) {
    if (isOurs) return ok('port', `a gateway serves on ${place}`);
    const advice = 'Choose another one with server.port or --port, or end the program that has it.';
    return fail('port', `${place} can’t be listened on (${codeOf(thrown)})`, advice);
  }
}

function listenOnce(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}

/** So many environment names are enough of an example. */
const NAMED_MAX = 4;

/** Which providers can be asked: by their environment names or by the configuration. */
export function checkProviders({ config, environment }: LoadedConfig, found: readonly LocalServer[]): Check {
  const ready = providers.filter((provider) => {
    if (provider.kind === 'local') return false;
    return provider.keyEnv.some((name) => (environment[name] ?? '') !== '') || provider.id in (config.providers ?? {});
  });
  const beside = found.map(({ provider }) => provider);
  const names = [...ready.map(({ id }) => id), ...config.models.map(({ name }) => name), ...beside];
  if (names.length > 0) return ok('providers', `keys or models for ${[...new Set(names)].slice(0, 20).join(', ')}`);
  const known = providers.flatMap((provider) => (provider.kind === 'http' ? provider.keyEnv : [])).slice(0, NAMED_MAX);
  const advice = `Set a key in the environment (${[...new Set(known)].join(', ')}), that of another provider, or models in the config file.`;
  return warn('providers', 'there is no key, so only the built-in echo model answers', advice);
}

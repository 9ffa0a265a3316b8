import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../config/environment-names.ts';
import { jsonFile } from '../stores/json-file.ts';
import { usageError } from './exit.ts';

/** Which gateway, and the key for it. */
export interface Credentials {
  readonly endpoint: string;
  readonly key: string | undefined;
  /** Whether somebody said which gateway; else it is the usual address on this machine. */
  readonly isNamed: boolean;
}

const USUAL_ENDPOINT = 'http://127.0.0.1:8000';

/** Where `login` keeps the key: the file the original used. */
export function credentialsPath(env: Environment): string {
  const home = env['HOME'] ?? env['USERPROFILE'];
  if (home === undefined || home === '') throw new Error('HOME is not set, so there is no place for the key.');
  return join(home, '.synthlang', 'credentials.json');
}

/** Keeps a key so that only its owner can read it. */
export async function keepCredentials(env: Environment, endpoint: string, key: string): Promise<void> {
  await jsonFile(credentialsPath(env)).write({ endpoint, api_key: key });
}

/** Forgets the key; says whether there was one. */
export function forgetCredentials(env: Environment): boolean {
  if (keptCredentials(env) === undefined) return false;
  rmSync(credentialsPath(env), { force: true });
  return true;
}

/**
 * Finds the gateway to ask: flags, then environment, then what `login` has kept. A kept key goes to its own gateway
 * alone, so that nobody gets it by naming another address.
 */
export function credentials(env: Environment, said: { endpoint?: string; apiKey?: string }): Credentials {
  const named = said.endpoint ?? setting(env, 'SYNTHLANG_ENDPOINT');
  const key = said.apiKey ?? setting(env, 'SYNTHLANG_API_KEY');
  const kept = keptCredentials(env);
  const endpoint = named === undefined ? (kept?.endpoint ?? USUAL_ENDPOINT) : endpointOf(named);
  return {
    endpoint,
    key: key ?? (kept?.endpoint === endpoint ? kept.key : undefined),
    isNamed: named !== undefined || kept !== undefined,
  };
}

/** Reads an address as people write it: with or without `/v1`, or a slash at its end. */
export function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === '';
  if (!isPlain) throw usageError(`The endpoint must be an address like ${USUAL_ENDPOINT}, without user name or query.`);
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function keptCredentials(env: Environment): { readonly endpoint: string; readonly key: string } | undefined {
  const stored = (env['HOME'] ?? env['USERPROFILE']) ? jsonFile(credentialsPath(env)).read() : undefined;
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { endpoint, api_key: key } = stored as Readonly<Record<string, unknown>>;
  return typeof endpoint === 'string' && typeof key === 'string' ? { endpoint: endpointOf(endpoint), key } : undefined;
}

function setting(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

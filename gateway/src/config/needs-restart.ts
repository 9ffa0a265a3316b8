import { isDeepStrictEqual } from 'node:util';
import { pathText, valueAt } from './path.ts';
import type { Config } from './schema.ts';
import { ownSettings } from './settings.ts';

/** The settings that are read only once, at the start. */
export const NEEDS_RESTART = [
  'server.host',
  'server.port',
  'server.headerBytesMax',
  'server.headersTimeoutMs',
  'server.requestTimeoutMs',
  'server.keepAliveTimeoutMs',
  'server.connectionsMax',
  'server.writeIdleTimeoutMs',
  'server.drainMs',
  'server.readinessGraceMs',
  'dataDir',
  'upstream.connectTimeoutMs',
  'upstream.connectionsPerOriginMax',
  'metrics.enabled',
  'access.keyPepper',
  'redis.url',
  'redis.hostName',
  'redis.portNumber',
  'redis.username',
  'redis.password',
  'redis.tls',
  'redis.prefix',
  'redis.connectTimeoutMs',
  'redis.tellEveryMs',
  'redis.readEveryMs',
  'store.enabled',
  'store.url',
  'store.flushMs',
  'store.waitingMax',
  'records.bodies',
  'records.encryptionKey',
  'records.bodyCharactersMax',
  'responses.database',
] as const;

/** Which settings differ between two configurations, and which of those wait for the next start. */
export interface ConfigChange {
  readonly changed: readonly string[];
  readonly needsRestart: readonly string[];
}

/** Compares two configurations. */
export function changeBetween(before: Config, after: Config): ConfigChange {
  const changed = ownSettings()
    .filter(({ path }) => !isDeepStrictEqual(valueAt(before, path), valueAt(after, path)))
    .map(({ path }) => pathText(path));
  return { changed, needsRestart: changed.filter((name) => (NEEDS_RESTART as readonly string[]).includes(name)) };
}

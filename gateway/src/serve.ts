import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { firstKey, type FirstKey } from './access/master-key.ts';
import { clocks, compose, type Composed, type ComposeOptions } from './compose.ts';
import { loadConfig, type Flags, type LoadedConfig } from './config/load.ts';
import type { ConfigChange } from './config/needs-restart.ts';
import { ConfigError, problemText } from './config/problem.ts';
import { findConfigFile } from './config/process-environment.ts';
import { watchConfig, type RunningWatch } from './config/watch.ts';
import { changesIn, changesOut } from './keyword/pattern-wire.ts';
import { NO_CHANGES } from './keyword/pattern-store.ts';
import { openRecords } from './records.ts';
import { foundText } from './discovery/found-text.ts';
import { looksAround } from './discovery/local-servers.ts';
import type { LocalServer } from './model/local-server.ts';
import { listen, type RunningServer } from './server/http.ts';
import type { SharedBoard } from './sharing/contract.ts';
import { redisAddress } from './sharing/redis-address.ts';
import { redisBoard, type RedisPorts } from './sharing/redis-board.ts';
import { jsonFile } from './stores/json-file.ts';
import { masterKeyFile } from './stores/master-key-file.ts';
import { packageVersion } from './version.ts';

/** What `synthlang serve` was told. */
export interface ServeInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly folder: string;
  readonly file: string | undefined;
  readonly flags: Flags;
  /** Tells the operator something, apart from the log. */
  readonly say: (text: string) => void;
}

/** A gateway that serves. */
export interface Running {
  readonly url: string;
  /** Reads the configuration again. */
  readonly reload: () => void;
  /** Lets replies finish, then ends what is left, and resolves when all is written and closed. Called again, it waits no longer. */
  readonly stop: () => Promise<void>;
}

/** Shorter keys can be guessed. Only a gateway that nobody else can reach may have one. */
const KEY_CHARACTERS_MIN = 16;
const DELIVERY_MS = 5000;

/** What several gateways share, where there is such a thing. */
async function boardOf(
  { config: { redis } }: LoadedConfig,
  warn: RedisPorts['warn'],
): Promise<SharedBoard | undefined> {
  const url = redisAddress(redis);
  return url === undefined ? undefined : redisBoard({ ...redis, url }, { warn });
}

/** Reads the configuration, builds the gateway and listens. Throws `ConfigError` and the errors of listening. */
export async function serve({ env, folder, file: named, flags, say }: ServeInput): Promise<Running> {
  const file = named ?? findConfigFile({ env, folder });
  const load = (): LoadedConfig => loadConfig({ file, folder, env, flags });
  const loaded = load();
  const { config } = loaded;
  for (const note of loaded.unsupported) say(`not supported yet: ${note}\n`);
  refuseWeakKeys(loaded);
  const dataDir = resolve(folder, config.dataDir);
  const first = masterKey(loaded, dataDir);
  const version = packageVersion();
  const warn = (facts: object, message: string): void => composed.log.warn(facts, message);
  const records = await openRecords(loaded, dataDir, { nowMs: clocks.nowMs, warn });
  const keywords = storedKeywords(dataDir);
  const board = await boardOf(loaded, warn);
  const composed = compose(loaded, { version, keys: first ? [first.known] : [], keywords, records, board });
  const server = await listening(config, composed);
  try {
    await first?.keep();
  } catch (thrown) {
    // A server that listens would go on with a key that nobody was shown.
    await server.stop(0);
    await composed.close(0);
    throw thrown;
  }
  const watch = file === undefined ? undefined : watchFor({ file: resolve(folder, file), load, loaded, composed });
  say(greeting(server.url, version, first, loaded));
  let stopped: Promise<void> | undefined;
  // The gateway serves already, so nobody waits for it.
  void foundBeside(loaded, composed, server.url).then((found) => {
    if (!stopped && found.length > 0) say(foundText(found));
  });
  const stop = async (): Promise<void> => {
    watch?.close();
    await server.stop(config.server.drainMs, config.server.readinessGraceMs);
    await composed.close(DELIVERY_MS);
  };
  return {
    url: server.url,
    reload: () => watch?.reload(),
    stop: () => {
      if (stopped) void server.stop(0);
      else stopped = stop();
      return stopped;
    },
  };
}

/** What answers on this machine, where the operator has listed no models. */
async function foundBeside(
  { config, environment }: LoadedConfig,
  { lookAround, log: { logger } }: Composed,
  url: string,
): Promise<readonly LocalServer[]> {
  if (!looksAround(config)) return [];
  const { providers } = config;
  const found = await lookAround({ providers, environment: (name) => environment[name], own: new URL(url) });
  for (const { name, models: names, ...place } of found)
    logger.info({ ...place, models: names.length }, `found ${name} on this machine`);
  return found;
}

/** A gateway that can't listen lets go of what it has opened. */
async function listening({ server }: LoadedConfig['config'], composed: Composed): Promise<RunningServer> {
  try {
    return await listen(server, composed.ports);
  } catch (thrown) {
    await composed.close(0);
    throw thrown;
  }
}

/** Without a key in the configuration one is made, so that the gateway is never open to everybody. */
function masterKey({ config }: LoadedConfig, dataDir: string): FirstKey | undefined {
  if (config.access.masterKey !== undefined) return undefined;
  return firstKey(masterKeyFile(dataDir));
}

/** What admins changed about keywords in earlier runs. */
function storedKeywords(dataDir: string): NonNullable<ComposeOptions['keywords']> {
  const path = join(dataDir, 'keywords.json');
  const file = jsonFile(path);
  const stored = file.read();
  const changes = stored === undefined ? NO_CHANGES : changesIn(stored);
  if (!changes) throw new Error(`${path} holds no keyword patterns; restore it, or delete it to begin anew.`);
  return { changes, store: { write: (next) => file.write(changesOut(next)) } };
}

function refuseWeakKeys({ config: { access, server } }: LoadedConfig): void {
  const keys = [
    ...(access.masterKey === undefined ? [] : [['access.masterKey', access.masterKey] as const]),
    ...access.apiKeys.map(({ id, key }) => [`access.apiKeys "${id}"`, key] as const),
  ];
  const weak = keys.find(([, key]) => key.length < KEY_CHARACTERS_MIN);
  if (!weak || isLoopback(server.host)) return;
  throw new ConfigError([
    {
      path: weak[0],
      message: `${weak[0]} is shorter than ${KEY_CHARACTERS_MIN} characters, which is refused when the gateway listens on ${server.host}`,
    },
  ]);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

interface Watched {
  readonly file: string;
  readonly load: () => LoadedConfig;
  readonly loaded: LoadedConfig;
  readonly composed: Composed;
}

function watchFor({ file, load, loaded, composed }: Watched): RunningWatch {
  const { logger } = composed.log;
  return watchConfig(file, load, {
    current: loaded,
    // What throws here is refused as well, and the running configuration stays what the next one is compared with.
    onChange: (next, change) => {
      refuseWeakKeys(next);
      composed.reload(next);
      logger.info(reloadFacts(change), 'configuration reloaded');
    },
    onError: (thrown) =>
      logger.error({ problems: problemsOf(thrown) }, 'the new configuration was refused; the running one stays'),
  });
}

function problemsOf(thrown: unknown): readonly string[] {
  if (thrown instanceof ConfigError) return thrown.problems.map(problemText);
  return [thrown instanceof Error ? thrown.message : String(thrown)];
}

function reloadFacts({ changed, needsRestart }: ConfigChange): object {
  return { changed, ...(needsRestart.length > 0 ? { takesEffectAtNextStart: needsRestart } : {}) };
}

function greeting(
  url: string,
  version: string,
  first: FirstKey | undefined,
  { config, unsupported }: LoadedConfig,
): string {
  const key = first?.shown ?? '$KEY';
  const lines = [
    `SynthLang Proxy ${version} serves on ${url}`,
    ...(config.server.ui ? [`To look at it: ${url}/ui`] : []),
    first?.shown !== undefined
      ? `First admin key, shown this once: ${first.shown}`
      : `Admin key: ${config.access.masterKey === undefined ? `the one shown at the first start (lost? delete master-key.json in ${config.dataDir})` : 'as configured'}`,
    ...(unsupported.length > 0 ? [`${unsupported.length} setting(s) have no effect; see above`] : []),
    'Try it:',
    '',
    `  curl ${url}/v1/chat/completions -H "authorization: Bearer ${key}" -H "content-type: application/json" \\`,
    `    -d '{"model": "synthlang/echo", "messages": [{"role": "user", "content": "Hello there"}]}'`,
    '',
    'Streamed: add "stream": true to the body, and -N to curl.',
  ];
  return `${lines.join('\n')}\n`;
}

import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { keyring, type KnownKey } from './access/keyring.ts';
import { callbackFor } from './callbacks/index.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { openLog, type Log } from './ledger/log.ts';
import { openMetrics } from './ledger/metrics.ts';
import { Outbox } from './ledger/outbox.ts';
import { GatewayError } from './model/error.ts';
import type { TurnRecord } from './model/turn.ts';
import type { Sleep } from './model/upstream.ts';
import { order } from './pipeline/order.ts';
import { providers } from './providers/index.ts';
import { catalog } from './routing/catalog.ts';
import { dispatch, type DispatchPorts } from './routing/dispatch.ts';
import { plan } from './routing/plan.ts';
import type { Engine, ServerPorts } from './server/contract.ts';
import { mockResponse } from './stages/mock-response.ts';
import { sharedDeadlines } from './upstream/deadlines.ts';
import { httpTransport } from './upstream/http.ts';

/** What a program may bring along instead of the usual. */
export interface ComposeOptions {
  readonly version: string;
  /** Keys besides those of the configuration. */
  readonly keys?: readonly KnownKey[];
  readonly log?: Log;
  /** Hears of every finished turn, besides the log and the callbacks. */
  readonly onRecord?: (record: TurnRecord) => void;
}

/** Everything built from one configuration, before anything listens. */
export interface Composed {
  readonly ports: ServerPorts;
  readonly log: Log;
  /** Swaps in another configuration, whole. Throws and changes nothing when it can't be used. */
  readonly reload: (loaded: LoadedConfig) => void;
  /** Delivers what waits and lets connections go, within so many milliseconds. */
  readonly close: (ms: number) => Promise<void>;
}

const sleep: Sleep = async (ms, cancellation) => {
  try {
    await wait(ms, undefined, { signal: cancellation.signal });
  } catch {
    throw GatewayError.from(cancellation.reason);
  }
};

/** Builds the gateway from its configuration; tests use it too. Throws when the configuration can't be served. */
export function compose(loaded: LoadedConfig, options: ComposeOptions): Composed {
  const { config } = loaded;
  const clocks = { clockMs: () => performance.now(), nowMs: () => Date.now() };
  const deadlines = sharedDeadlines(clocks.clockMs);
  const transport = httpTransport(config.upstream, deadlines);
  const world: DispatchPorts = { ...clocks, transport: transport.send, deadlines, sleep, random: Math.random };
  const log = options.log ?? openLog(config.log);
  const inFlight: ServerPorts['inFlight'] = new Set();
  const metrics = config.metrics.enabled ? openMetrics(() => inFlight.size) : undefined;
  const openOutboxes = (callbacks: Config['callbacks']): Outbox[] =>
    callbacks.map(
      (settings) =>
        new Outbox(callbackFor(settings), settings, {
          transport: transport.send,
          deadlines,
          sleep,
          warn: (facts, message) => log.logger.warn(facts, message),
        }),
    );
  let current = {
    engine: engineOf(loaded, world, options.keys ?? []),
    outboxes: openOutboxes(config.callbacks),
    logsTurns: config.log.turns,
  };

  const onRecord = (record: TurnRecord): void => {
    if (current.logsTurns) log.turn(record);
    metrics?.turn(record);
    for (const outbox of current.outboxes) outbox.add(record);
    options.onRecord?.(record);
  };

  return {
    log,
    ports: {
      engine: () => current.engine,
      onRecord,
      onBug: log.bug,
      clocks,
      newId: uuidv7,
      deadlines,
      writeIdleTimeoutMs: config.server.writeIdleTimeoutMs,
      metricsText: metrics?.text,
      version: options.version,
      inFlight,
    },
    reload: (next) => {
      const { outboxes: former } = current;
      current = {
        engine: engineOf(next, world, options.keys ?? []),
        outboxes: openOutboxes(next.config.callbacks),
        logsTurns: next.config.log.turns,
      };
      log.logger.level = next.config.log.level;
      for (const outbox of former) void outbox.close(next.config.server.drainMs);
    },
    close: async (ms) => {
      await Promise.all(current.outboxes.map((outbox) => outbox.close(ms)));
      await transport.close();
      log.close();
    },
  };
}

function engineOf({ config, environment }: LoadedConfig, ports: DispatchPorts, moreKeys: readonly KnownKey[]): Engine {
  const { routing, upstream, server } = config;
  const names = catalog(providers, {
    ...routing,
    models: config.models,
    providers: config.providers,
    environment: (name) => environment[name],
  });
  const settings = { ...routing, ...upstream, frameLimits: { jsonBytesMax: upstream.jsonBytesMax, sseBytesMax: upstream.sseEventBytesMax } };
  return {
    pipeline: {
      stages: order({ mockResponse }),
      send: (turn, journal) => dispatch(turn, plan(turn, names, routing, ports.random), settings, { ports, journal }),
    },
    keyring: keyring([...moreKeys, ...keysOf(config)]),
    listedModels: names.names,
    bodyBytesMax: server.bodyBytesMax,
    totalTimeoutMs: upstream.totalTimeoutMs,
  };
}

function keysOf({ access }: Config): KnownKey[] {
  const master: KnownKey[] =
    access.masterKey === undefined ? [] : [{ key: access.masterKey, caller: { keyId: 'master', role: 'admin' } }];
  const others = access.apiKeys.map(
    ({ id, key, role, models }): KnownKey => ({ key, caller: { keyId: id, role, ...(models ? { models } : {}) } }),
  );
  return [...others, ...master];
}

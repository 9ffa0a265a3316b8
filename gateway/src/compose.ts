import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { KnownKey } from './access/keyring.ts';
import { callbackFor } from './callbacks/index.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { detectorsOf, engineOf } from './engine.ts';
import { openLog, type Log } from './ledger/log.ts';
import { openMetrics } from './ledger/metrics.ts';
import { Outbox, type OutboxPorts } from './ledger/outbox.ts';
import { GatewayError } from './model/error.ts';
import { Roster } from './model/roster.ts';
import type { RefusedRequest, TurnRecord } from './model/turn.ts';
import type { Sleep } from './model/upstream.ts';
import { keptRecords } from './privacy/kept-records.ts';
import type { DispatchPorts } from './routing/dispatch.ts';
import type { ServerPorts } from './server/contract.ts';
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
  const inFlight: ServerPorts['inFlight'] = new Roster();
  const metrics = config.metrics.enabled ? openMetrics(() => inFlight.size) : undefined;
  const hear = options.onRecord && unharmed(options.onRecord, log);
  const outboxPorts = { transport: transport.send, deadlines, sleep, warn: log.warn };
  const running = (by: LoadedConfig) => ({
    engine: engineOf(by, world, options.keys ?? []),
    outboxes: outboxesOf(by.config, outboxPorts),
    logsTurns: by.config.log.turns,
    kept: keptRecords(by.config.privacy, detectorsOf(by.config)),
  });
  let current = running(loaded);

  const onRefused = (refused: RefusedRequest): void => {
    log.refused(refused);
    metrics?.refused(refused);
  };
  const onRecord = (whole: TurnRecord): void => {
    const record = current.kept.record(whole);
    if (current.logsTurns) log.turn(record);
    metrics?.turn(record);
    for (const outbox of current.outboxes) outbox.add(record);
    hear?.(record);
  };

  return {
    log,
    ports: {
      engine: () => current.engine,
      onRecord,
      onRefused,
      onBug: (requestId, cause) => log.bug(requestId, current.kept.cause(cause)),
      clocks,
      newId: randomUUID,
      deadlines,
      writeIdleTimeoutMs: config.server.writeIdleTimeoutMs,
      metricsText: metrics?.text,
      version: options.version,
      inFlight,
    },
    reload: (next) => {
      const { outboxes: former } = current;
      current = running(next);
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

/** What a program does wrong on hearing of a turn doesn't reach the turn. */
function unharmed(hear: (record: TurnRecord) => void, { bug }: Log): (record: TurnRecord) => void {
  return (record) => {
    try {
      hear(record);
    } catch (thrown) {
      bug(record.turnId, thrown);
    }
  };
}

function outboxesOf({ callbacks }: Config, ports: OutboxPorts): Outbox[] {
  return callbacks.map((settings) => new Outbox(callbackFor(settings), settings, ports));
}

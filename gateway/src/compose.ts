import { Door, type DoorSettings } from './access/door.ts';
import { heapShare } from './access/heap-share.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { KnownKey } from './access/keyring.ts';
import { ReplyCache } from './caching/reply-cache.ts';
import { callbackFor } from './callbacks/index.ts';
import { compressors } from './compressors/index.ts';
import type { LoadedConfig } from './config/load.ts';
import { ConfigError } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import { detectorsOf, engineOf, type EnginePorts } from './engine.ts';
import { DEFAULT_KEYWORD_SETTINGS, DEFAULT_PATTERNS } from './keyword/pattern.ts';
import { type KeywordGround, PatternBook } from './keyword/pattern-book.ts';
import { forgetful, type KeywordChanges, NO_CHANGES, type PatternStore } from './keyword/pattern-store.ts';
import type { LocalSearch } from './discovery/local-servers.ts';
import { Surroundings } from './discovery/surroundings.ts';
import { Embedders } from './embedders/embedders.ts';
import { Governance } from './governance.ts';
import { HealthBook } from './health/health-book.ts';
import { RetryBudget } from './health/retry-budget.ts';
import { openLog, type Log } from './ledger/log.ts';
import { unharmed } from './ledger/unharmed.ts';
import { openMetrics, type Metrics } from './ledger/metrics.ts';
import type { TargetNumbers } from './ledger/target-metrics.ts';
import { Outbox, type OutboxPorts } from './ledger/outbox.ts';
import { priceBook } from './ledger/prices.ts';
import { GatewayError } from './model/error.ts';
import type { LocalServer } from './model/local-server.ts';
import { regularly } from './model/regularly.ts';
import { Roster } from './model/roster.ts';
import { timeOrderedId } from './model/time-ordered-id.ts';
import type { TurnRecord } from './model/turn.ts';
import type { Deadlines, Sleep, Transport } from './model/upstream.ts';
import { ambientGoogleToken } from './signers/ambient-google.ts';
import { awsChain } from './signers/aws-chain.ts';
import { awsSigner } from './signers/aws.ts';
import { entraSigner } from './signers/entra.ts';
import { googleSigner } from './signers/google.ts';
import { readText } from './signers/read-text.ts';
import { keptRecords } from './privacy/kept-records.ts';
import { providers } from './providers/index.ts';
import type { SharedBoard } from './sharing/contract.ts';
import { TargetSharing } from './sharing/target-sharing.ts';
import { keeperOf, type OpenRecords } from './records.ts';
import type { ServerPorts } from './server/contract.ts';
import { MemoryReplies } from './stores/memory-replies.ts';
import { sharedDeadlines } from './upstream/deadlines.ts';
import { TokenSaver } from './saving/save-tokens.ts';
import { tokenCounter } from './tokens/count.ts';
import { httpTransport } from './upstream/http.ts';
import { openWebSocket } from './upstream/web-socket.ts';

/** What a program may bring along instead of the usual. */
export interface ComposeOptions {
  readonly version: string;
  /** Keys besides those of the configuration. */
  readonly keys?: readonly KnownKey[];
  readonly log?: Log;
  /** What is kept between runs; without it, no keys can be made and spend isn't kept. */
  readonly records?: OpenRecords | undefined;
  /** What several gateways share; without it, each knows its own. */
  readonly board?: SharedBoard | undefined;
  /** What admins changed about keywords, and where further changes are kept. Without it they are forgotten. */
  readonly keywords?: { readonly changes: KeywordChanges; readonly store: PatternStore };
  /** Hears of every finished turn, besides the log and the callbacks. */
  readonly onRecord?: (record: TurnRecord) => void;
}

/** Everything built from one configuration, before anything listens. */
export interface Composed {
  readonly ports: ServerPorts;
  readonly log: Log;
  /** Swaps in another configuration, whole. Throws and changes nothing when it can't be used. */
  readonly reload: (loaded: LoadedConfig) => void;
  /** Looks for servers with models on this machine; from then on they can be asked. Never rejects. */
  readonly lookAround: (search: Omit<LocalSearch, 'ask'>) => Promise<readonly LocalServer[]>;
  /** Delivers what waits and lets connections go, within so many milliseconds. */
  readonly close: (ms: number) => Promise<void>;
}

/** Most models are counted as this one is. */
const USUAL_MODEL = 'gpt-4o';

const sleep: Sleep = async (ms, cancellation) => {
  try {
    await wait(ms, undefined, { signal: cancellation.signal });
  } catch {
    throw GatewayError.from(cancellation.reason);
  }
};

/** The clocks of the machine: one that only goes on, and the time of day. */
export const clocks = { clockMs: () => performance.now(), nowMs: () => Date.now() };
const newId = (): string => timeOrderedId(Date.now(), randomUUID());
/** What is read of this machine. */
const OURS = { ...clocks, random: Math.random, newId };

/** Builds the gateway from its configuration; tests use it too. Throws when the configuration can't be served. */
export function compose(loaded: LoadedConfig, options: ComposeOptions): Composed {
  const { config } = loaded;
  const deadlines = sharedDeadlines(clocks.clockMs);
  const transport = httpTransport(config.upstream, deadlines);
  const crowd = crowdOf(deadlines, () => current.door);
  const { log, metrics, hear } = ledgerOf(config, options, crowd, () => current.engine.routes.targets());
  const outside = { ...OURS, ...doorsOf(transport.send, deadlines), deadlines, sleep, warn: log.warn };
  const onRecord = (whole: TurnRecord): void => {
    const record = current.kept.record(whole);
    if (current.logsTurns) log.turn(record);
    metrics?.turn(record);
    for (const outbox of current.outboxes) outbox.add(record);
    governance.spend?.add(record);
    hear?.(record);
  };
  const keywords = bookOf(loaded, options, clocks.clockMs);
  const governance = new Governance(config, options.records, { ...OURS, deadlines, warn: log.warn });
  const lasting = lastingOf(config, options, { deadlines, warn: log.warn });
  const keepBody = governance.bodyKeeper((text, turn) => current.kept.said(text, turn));
  const world: EnginePorts = { ...outside, ...lasting.ports, keywords, governance, onRecord, keepBody };
  const built = (of: LoadedConfig) => runningParts(of, world, options.keys ?? [], outside);
  let current = built(loaded);

  return {
    log,
    ports: {
      engine: () => current.engine,
      onRecord,
      onRefused: heardRefusals(log, metrics),
      onToolUse: log.toolCall,
      onBug: (requestId, cause) => log.bug(requestId, current.kept.cause(cause)),
      clocks,
      newId,
      deadlines,
      writeIdleTimeoutMs: config.server.writeIdleTimeoutMs,
      openLine: openWebSocket,
      metricsText: metrics?.text,
      version: options.version,
      ...crowd,
      admin: governance.admin,
    },
    reload: (next) => {
      const former = current;
      const swapKeywords = usable(() => keywords.prepareGround(groundOf(next)), next);
      current = built(next);
      governance.changeRules(next.config);
      swapKeywords();
      lasting.limit(next.config);
      log.logger.level = next.config.log.level;
      void former.close(next.config.server.drainMs);
    },
    lookAround: outside.look,
    close: async (ms) => {
      await current.close(ms);
      await lasting.close();
      await Promise.all([governance.close(), transport.close()]);
      log.close();
    },
  };
}

/** The turns that are under way, and who lets them in. */
function crowdOf(deadlines: Deadlines, settings: () => DoorSettings): Pick<ServerPorts, 'inFlight' | 'door'> {
  return { inFlight: new Roster(), door: new Door({ ...clocks, deadlines, heapShare, settings }) };
}

/** The way out to providers, who proves to them who asks where a key alone can't, and which of them are near. */
function doorsOf(transport: Transport, deadlines: Deadlines) {
  const { found, look } = new Surroundings(providers, { transport, deadlines });
  const google = googleSigner({ transport, nowMs: clocks.nowMs, readText }, ambientGoogleToken);
  const entra = entraSigner({ transport, nowMs: clocks.nowMs });
  return { transport, found, look, signers: { aws: awsSigner(clocks, awsChain(clocks.nowMs)), google, entra } };
}

/** Where turns are written, counted and told. */
function ledgerOf(
  { log: settings, metrics }: Config,
  options: ComposeOptions,
  { inFlight, door }: { readonly inFlight: { readonly size: number }; readonly door: Door },
  targets: () => readonly TargetNumbers[],
) {
  const log = options.log ?? openLog(settings);
  return {
    log,
    metrics: metrics.enabled ? openMetrics(() => inFlight.size, targets, { door, board: options.board }) : undefined,
    hear: options.onRecord && unharmed(options.onRecord, log),
  };
}

function heardRefusals(log: Log, metrics: Metrics | undefined): ServerPorts['onRefused'] {
  return (refused) => {
    log.refused(refused);
    metrics?.refused(refused);
  };
}

/** What a reload swaps. */
function runningParts(of: LoadedConfig, world: EnginePorts, keys: readonly KnownKey[], outboxPorts: OutboxPorts) {
  const engine = engineOf(of, world, keys);
  const outboxes = outboxesOf(of.config, outboxPorts);
  const endChecks = regularly(engine.routes.check, of.config.routing.checkEveryMs, world.deadlines);
  return {
    engine,
    outboxes,
    close: async (ms: number): Promise<void> => {
      endChecks();
      await Promise.all(outboxes.map((outbox) => outbox.close(ms)));
    },
    logsTurns: of.config.log.turns,
    door: of.config.server,
    kept: keptRecords(of.config.privacy, detectorsOf(of.config)),
  };
}

/** What a reload keeps: the cache, responses, prices, and how targets do. */
function lastingOf(
  config: Config,
  { records, board }: Pick<ComposeOptions, 'records' | 'board'>,
  { deadlines, warn }: Pick<OutboxPorts, 'deadlines' | 'warn'>,
) {
  const store = new MemoryReplies(config.cache);
  const keeper = keeperOf(config, records, { ...clocks, deadlines, warn });
  const embedders = new Embedders();
  const health = new HealthBook(config.routing.breaker);
  const sharing = board && new TargetSharing(board, config.redis, { ...clocks, health, deadlines, name: newId() });
  const embedder: EnginePorts['embedder'] = (kind) => {
    try {
      return embedders.get(kind);
    } catch {
      const message = `cache.semantic.embedder: what "${kind}" needs isn’t installed; install it, or take "letters"`;
      throw new ConfigError([{ path: 'cache.semantic.embedder', message }]);
    }
  };
  return {
    ports: {
      replies: new ReplyCache({ store, deadlines, nowMs: clocks.nowMs }),
      embedder,
      keeper,
      health,
      budget: new RetryBudget(),
      prices: priceBook(clocks.nowMs),
      saver: saverOf(config),
    },
    limit: (limits: Pick<Config, 'cache' | 'responses' | 'routing'>) => {
      store.limit(limits.cache);
      keeper.limit(limits.responses);
      health.change(limits.routing.breaker);
    },
    /** While there still is a database. */
    close: async () => {
      sharing?.close();
      await Promise.all([keeper.close(), embedders.close(), board?.close()]);
    },
  };
}

function bookOf(loaded: LoadedConfig, { keywords }: ComposeOptions, clockMs: () => number): PatternBook {
  const { changes, store } = keywords ?? { changes: NO_CHANGES, store: forgetful };
  return usable(() => new PatternBook(groundOf(loaded), changes, store, clockMs), loaded);
}

/** What the operator deployed about keywords: a file, or what comes along; and settings, which win over the file's. */
function groundOf({ config, keywords: file }: LoadedConfig): KeywordGround {
  const { detection, detectionThreshold } = config.keywords;
  return {
    patterns: file?.patterns ?? DEFAULT_PATTERNS,
    settings: {
      ...DEFAULT_KEYWORD_SETTINGS,
      ...file?.settings,
      ...(detection === undefined ? {} : { detection }),
      ...(detectionThreshold === undefined ? {} : { detectionThreshold }),
    },
    limits: config.keywords,
  };
}

/** A pattern that can't be used is a mistake in the configuration. */
function usable<T>(work: () => T, { config }: LoadedConfig): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    throw new ConfigError([{ path: 'keywords', file: config.keywords.file, message: thrown.message }]);
  }
}

/** The tables of a tokenizer take a moment to read; a first request shouldn't wait for that. */
function saverOf({ saving }: Config): TokenSaver {
  if (saving.mode !== 'off') void tokenCounter(USUAL_MODEL);
  return new TokenSaver(compressors);
}

function outboxesOf({ callbacks }: Config, ports: OutboxPorts): Outbox[] {
  return callbacks.map((settings) => new Outbox(callbackFor(settings), settings, ports));
}

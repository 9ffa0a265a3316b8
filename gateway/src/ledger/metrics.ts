import { Counter, Registry } from 'prom-client';
import { isFromCache, type RefusedRequest, type TurnRecord } from '../model/turn.ts';
import { type DoorNumbers, openDoorMetrics, openInFlightMetric, openRedisMetric } from './door-metrics.ts';
import { Durations } from './durations.ts';
import { openTargetMetrics, type TargetNumbers } from './target-metrics.ts';

/** Model names come from callers, so only this many are told apart. */
const MODELS_MAX = 1000;

/** The numbers at `/metrics`. */
export interface Metrics {
  readonly turn: (record: TurnRecord) => void;
  readonly refused: (refused: RefusedRequest) => void;
  /** The numbers in Prometheus's text format. */
  readonly text: () => Promise<string>;
}

/** What is shown where it is there. */
export interface MoreNumbers {
  readonly door?: DoorNumbers;
  /** What gateways share. */
  readonly board?: { readonly isUp: boolean } | undefined;
}

/** What was counted under one set of labels since the last scrape. */
interface Tally {
  readonly labels: Readonly<Record<'model' | 'provider' | 'status' | 'end', string>>;
  readonly status: number;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  attempts: number;
}

/** By model. A text of all labels would have to be put together for each turn. */
type Tallies = Map<string, Tally[]>;

/** Counts turns. Counters are kept as plain numbers and handed to the registry when somebody scrapes. */
export function openMetrics(
  inFlight: () => number,
  targets: () => readonly TargetNumbers[] = () => [],
  { door, board }: MoreNumbers = {},
): Metrics {
  const registry = new Registry();
  const tallies: Tallies = new Map();
  const models = new Set<string>();
  counters(registry, tallies);
  const refusals = new Counter({
    name: 'synthlang_refused_total',
    help: 'Requests that never became a turn, by error code.',
    labelNames: ['code'] as const,
    registers: [registry],
  });
  const cacheUses = new Counter({
    name: 'synthlang_cache_total',
    help: 'Requests by what the cache did for them: hit, semantic, miss or bypass.',
    labelNames: ['use'] as const,
    registers: [registry],
  });
  const duration = new Durations(
    { name: 'synthlang_request_duration_seconds', help: 'Time from a request to the end of its reply.' },
    registry,
  );
  const firstOutput = new Durations(
    { name: 'synthlang_first_output_seconds', help: 'Time from a request to the first output of its reply.' },
    registry,
  );
  openInFlightMetric(registry, inFlight);
  if (door) openDoorMetrics(registry, door);
  if (board) openRedisMetric(registry, board);
  const targetMetrics = openTargetMetrics(registry, targets);

  return {
    turn: (record) => {
      // A name that no provider answered to is anybody's invention.
      const known = models.has(record.model) || (record.provider !== undefined && models.size < MODELS_MAX);
      if (known) models.add(record.model);
      const tally = tallyOf(tallies, record, known ? record.model : 'other');
      // What the cache answers took its tokens the first time.
      const usage = isFromCache(record) ? undefined : record.usage;
      tally.requests += 1;
      tally.inputTokens += usage?.inputTokens ?? 0;
      tally.outputTokens += usage?.outputTokens ?? 0;
      if (record.cache !== undefined) cacheUses.inc({ use: record.cache });
      tally.attempts += record.attempts.length;
      targetMetrics.turn(record);
      duration.observe(record.durationMs / 1000);
      if (record.firstOutputMs !== undefined) firstOutput.observe(record.firstOutputMs / 1000);
    },
    refused: ({ code }) => refusals.inc({ code }),
    text: () => registry.metrics(),
  };
}

function tallyOf(tallies: Tallies, record: TurnRecord, model: string): Tally {
  const { status, end } = record;
  // A failure belongs to the one who was asked last.
  const provider = record.provider ?? record.attempts.at(-1)?.provider ?? 'none';
  let ofModel = tallies.get(model);
  if (!ofModel) tallies.set(model, (ofModel = []));
  for (const tally of ofModel)
    if (tally.status === status && tally.labels.provider === provider && tally.labels.end === end) return tally;
  const labels = { model, provider, status: String(status), end };
  const tally = { labels, status, requests: 0, inputTokens: 0, outputTokens: 0, attempts: 0 };
  ofModel.push(tally);
  return tally;
}

function counters(registry: Registry, tallies: Tallies): void {
  const labelNames = ['model', 'provider', 'status', 'end'] as const;
  const counter = (name: string, help: string, read: (tally: Tally) => number): void => {
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const tally of [...tallies.values()].flat()) this.inc({ ...tally.labels }, read(tally));
      },
    });
  };
  counter(
    'synthlang_requests_total',
    'Requests, by the model asked for and how they ended.',
    ({ requests }) => requests,
  );
  counter(
    'synthlang_input_tokens_total',
    'Input tokens, as the providers count them.',
    ({ inputTokens }) => inputTokens,
  );
  counter(
    'synthlang_output_tokens_total',
    'Output tokens, as the providers count them.',
    ({ outputTokens }) => outputTokens,
  );
  counter(
    'synthlang_upstream_attempts_total',
    'Questions put to providers, retries and fallbacks included.',
    ({ attempts }) => attempts,
  );
}

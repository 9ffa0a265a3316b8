import { isFromCache, type TurnRecord } from '../model/turn.ts';
import type { Callback } from './contract.ts';

/** Which Langfuse project to tell. */
export interface LangfuseSettings {
  readonly host: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

/**
 * Sends turns to Langfuse's ingestion API: one trace and one generation each. No prompt and no answer go along.
 * https://api.reference.langfuse.com/#tag/ingestion/POST/api/public/ingestion
 */
export function langfuse({ host, publicKey, secretKey }: LangfuseSettings): Callback {
  const authorization = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`;
  return {
    name: 'langfuse',
    delivery: (records) => ({
      url: `${host.replace(/\/+$/, '')}/api/public/ingestion`,
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ batch: records.flatMap(events) }),
    }),
    complaint,
  };
}

/** The status is always 207; what became of each event stands in the body. */
function complaint(answer: string): string | undefined {
  let errors: unknown;
  try {
    ({ errors } = JSON.parse(answer) as { errors?: unknown });
  } catch {
    return undefined;
  }
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const [first] = errors as { readonly status?: unknown; readonly message?: unknown }[];
  return `${errors.length} event(s) refused, the first with status ${String(first?.status)}: ${String(first?.message)}`;
}

function events(record: TurnRecord): object[] {
  const startTime = new Date(record.startedAt).toISOString();
  // Ids are made from the turn's, so that a delivery that is tried again changes nothing.
  return [
    { id: `${record.turnId}-trace`, type: 'trace-create', timestamp: startTime, body: trace(record, startTime) },
    {
      id: `${record.turnId}-generation`,
      type: 'generation-create',
      timestamp: startTime,
      body: generation(record, startTime),
    },
  ];
}

function trace({ turnId, keyId, tags, dialect, status }: TurnRecord, timestamp: string): object {
  return { id: turnId, timestamp, name: dialect, userId: keyId, tags, metadata: { http_status: status } };
}

function generation(record: TurnRecord, startTime: string): object {
  const { startedAt, durationMs, firstOutputMs, usage, error } = record;
  const at = (ms: number): string => new Date(startedAt + ms).toISOString();
  return {
    id: `${record.turnId}-generation`,
    traceId: record.turnId,
    name: record.model,
    startTime,
    endTime: at(durationMs),
    ...(firstOutputMs === undefined ? {} : { completionStartTime: at(firstOutputMs) }),
    model: record.upstreamModel ?? record.model,
    // Langfuse makes costs of it, and what the cache answers costs nothing.
    ...(usage && !isFromCache(record) ? { usageDetails: usageDetails(usage) } : {}),
    level: error ? 'ERROR' : 'DEFAULT',
    ...(error ? { statusMessage: error.code } : {}),
    metadata: {
      provider: record.provider,
      stream: record.stream,
      attempts: record.attempts.length,
      end: record.end,
      usage_estimated: record.usageEstimated,
      ...(record.cache === undefined ? {} : { cache: record.cache }),
    },
  };
}

function usageDetails({
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
}: NonNullable<TurnRecord['usage']>): object {
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  return {
    input: inputTokens - cached,
    ...(cacheReadTokens ? { input_cached_tokens: cacheReadTokens } : {}),
    ...(cacheWriteTokens ? { input_cache_creation: cacheWriteTokens } : {}),
    output: outputTokens,
    total: inputTokens + outputTokens,
  };
}

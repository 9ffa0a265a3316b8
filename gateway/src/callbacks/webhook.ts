import type { TurnRecord } from '../model/turn.ts';
import type { Callback } from './contract.ts';

/** Where a webhook goes. */
export interface WebhookSettings {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Posts turns as JSON: `{"turns": [...]}`. No prompt, no answer, no key. */
export function webhook({ url, headers = {} }: WebhookSettings): Callback {
  return {
    name: 'webhook',
    delivery: (records) => ({
      url,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ turns: records.map(turnObject) }),
    }),
  };
}

/** One turn in plain words, for the outside. Fields are named one by one, so that nothing private can come along. */
export function turnObject(record: TurnRecord): object {
  return {
    request_id: record.turnId,
    status: record.end === 'finished' ? 'success' : 'failure',
    http_status: record.status,
    key_id: record.keyId,
    model: record.model,
    provider: record.provider ?? null,
    upstream_model: record.upstreamModel ?? null,
    stream: record.stream,
    started_at: new Date(record.startedAt).toISOString(),
    duration_ms: record.durationMs,
    first_output_ms: record.firstOutputMs ?? null,
    input_tokens: record.usage?.inputTokens ?? null,
    output_tokens: record.usage?.outputTokens ?? null,
    usage_estimated: record.usageEstimated,
    cache: record.cache ?? null,
    attempts: record.attempts.map(({ target, provider, model, fallback, ms, error }) => ({
      target,
      provider,
      model,
      fallback,
      ms,
      error: error?.code ?? null,
    })),
    error: record.error ? { code: record.error.code, upstream_code: record.error.details.upstreamCode ?? null } : null,
    tags: record.tags,
  };
}

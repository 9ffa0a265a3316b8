import type { Role } from '../../model/turn.ts';
import type { AuditRow, KeyRecord, SpendRow } from '../contract.ts';
import type { AuditTable, KeyTable, SpendTable } from './tables.ts';

/** A key as the table has it. */
export function keyRow(key: KeyRecord): KeyTable {
  return {
    id: key.id,
    name: key.name,
    alias: key.alias ?? null,
    user_id: key.userId ?? null,
    role: key.role,
    models: key.models === undefined ? null : JSON.stringify(key.models),
    metadata: JSON.stringify(key.metadata),
    budget_nanousd: key.budgetNanousd ?? null,
    budget_duration: key.budgetDuration ?? null,
    budget_since: key.budgetSince,
    requests_per_minute: key.requestsPerMinute ?? null,
    tokens_per_minute: key.tokensPerMinute ?? null,
    parallel_max: key.parallelMax ?? null,
    expires_at: key.expiresAt ?? null,
    blocked: key.blocked ? 1 : 0,
    created_at: key.createdAt,
    created_by: key.createdBy,
    updated_at: key.updatedAt,
  };
}

/** A key as everybody else has it. */
export function keyOf(row: KeyTable): KeyRecord {
  return {
    id: row.id,
    name: row.name,
    alias: row.alias ?? undefined,
    userId: row.user_id ?? undefined,
    role: row.role as Role,
    models: row.models === null ? undefined : (JSON.parse(row.models) as string[]),
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    budgetNanousd: row.budget_nanousd ?? undefined,
    budgetDuration: row.budget_duration ?? undefined,
    budgetSince: row.budget_since,
    requestsPerMinute: row.requests_per_minute ?? undefined,
    tokensPerMinute: row.tokens_per_minute ?? undefined,
    parallelMax: row.parallel_max ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    blocked: row.blocked === 1,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
  };
}

/** A turn's cost as the table has it. */
export function spendRow(spend: SpendRow): SpendTable {
  return {
    request_id: spend.requestId,
    key_id: spend.keyId,
    user_id: spend.userId ?? null,
    period_start: spend.periodStart,
    model: spend.model,
    provider: spend.provider ?? null,
    upstream_model: spend.upstreamModel ?? null,
    input_tokens: spend.inputTokens,
    output_tokens: spend.outputTokens,
    cache_read_tokens: spend.cacheReadTokens,
    cache_write_tokens: spend.cacheWriteTokens,
    cost_nanousd: spend.costNanousd,
    estimated: spend.estimated ? 1 : 0,
    note: spend.note ?? null,
    status: spend.status,
    stream: spend.stream ? 1 : 0,
    tags: JSON.stringify(spend.tags),
    started_at: spend.startedAt,
    ended_at: spend.endedAt,
  };
}

/** A turn's cost as everybody else has it. */
export function spendOf(row: SpendTable): SpendRow {
  return {
    requestId: row.request_id,
    keyId: row.key_id,
    userId: row.user_id ?? undefined,
    periodStart: row.period_start,
    model: row.model,
    provider: row.provider ?? undefined,
    upstreamModel: row.upstream_model ?? undefined,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    costNanousd: row.cost_nanousd,
    estimated: row.estimated === 1,
    note: row.note ?? undefined,
    status: row.status,
    stream: row.stream === 1,
    tags: JSON.parse(row.tags) as string[],
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** An act as the table has it. */
export function auditRow({ before, after, ...act }: AuditRow): AuditTable {
  const text = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  return { ...act, before: text(before), after: text(after) };
}

/** An act as everybody else has it. */
export function auditOf({ before, after, ...act }: AuditTable): AuditRow {
  const value = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));
  return { ...act, before: value(before), after: value(after) };
}

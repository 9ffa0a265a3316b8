import { z } from 'zod';
import { authorize, may } from '../access/roles.ts';
import type { VirtualKeys } from '../access/virtual-keys.ts';
import { GatewayError } from '../model/error.ts';
import { dollarsOf } from '../model/money.ts';
import type { RecordStore, SpendRow } from '../stores/contract.ts';
import type { AdminAsk, AdminMethods, AdminRoutes } from './contract.ts';
import { keyOut } from './key-fields.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { queryNumber, readQuery } from './read-fields.ts';

/** What the routes about spend need. */
export interface SpendRoutePorts {
  readonly keys: VirtualKeys;
  readonly store: Pick<RecordStore, 'spend' | 'keyTotals' | 'audit'>;
  /** Brings what waits into the database. */
  readonly flush: () => Promise<void>;
  readonly nowMs: () => number;
}

const ROWS = 100;
const ROWS_MAX = 10_000;
const DAY_MS = 86_400_000;

/** A day, or a moment with its time; a time without a zone is UTC. */
const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?$/, 'must be like 2026-01-31 or 2026-01-31T12:00:00Z')
  .transform((text) => ({
    isDay: text.length === DAY_CHARACTERS,
    at: Date.parse(text.length === DAY_CHARACTERS ? text : `${text.replace(' ', 'T').replace('Z', '')}Z`),
  }))
  .refine(({ at }) => !Number.isNaN(at), 'is no date');
const DAY_CHARACTERS = 10;

const LogsQuery = z.strictObject({
  api_key: z.string().min(1).optional(),
  user_id: z.string().min(1).optional(),
  request_id: z.string().min(1).optional(),
  start_date: moment.optional(),
  end_date: moment.optional(),
  limit: queryNumber(ROWS, ROWS_MAX),
});
const AuditQuery = z.strictObject({ limit: queryNumber(ROWS, ROWS_MAX) });

/** `/spend/*` by LiteLLM's paths and fields, and the log of what admins did. */
export function spendRoutes(ports: SpendRoutePorts): AdminRoutes {
  const tag = 'Spend and records';
  return new Map<string, AdminMethods>([
    [
      '/spend/logs',
      {
        GET: {
          summary: 'Requests and what each cost, newest first: those of one’s own key, for admins those of all.',
          tag,
          permission: 'spend.read-own',
          query: jsonSchemaOf(LogsQuery),
          answer: (ask) => logs(ports, ask),
        },
      },
    ],
    [
      '/spend/keys',
      { GET: { summary: 'What each key has cost.', tag, permission: 'spend.read', answer: () => byKey(ports) } },
    ],
    [
      '/admin/audit',
      {
        GET: {
          summary: 'What admins did.',
          tag,
          permission: 'audit.read',
          query: jsonSchemaOf(AuditQuery),
          answer: async ({ query }) => ({ audit: await ports.store.audit(readQuery(AuditQuery, query).limit) }),
        },
      },
    ],
  ]);
}

/** Everybody may read what their own key cost; only admins read the rest. */
async function logs({ keys, store, flush }: SpendRoutePorts, { query, caller }: AdminAsk): Promise<object> {
  const said = readQuery(LogsQuery, query);
  const wanted = said.api_key === undefined ? undefined : (keys.find(said.api_key)?.record.id ?? said.api_key);
  const keyId = may(caller, 'spend.read') ? wanted : (wanted ?? caller.keyId);
  if (keyId !== caller.keyId) authorize(caller, 'spend.read');
  const until = said.end_date && said.end_date.at + (said.end_date.isDay ? DAY_MS : 0);
  if (until !== undefined && said.start_date && said.start_date.at >= until)
    throw new GatewayError('request.invalid', 'start_date must be before end_date.', { param: 'start_date' });
  await flush();
  const rows = await store.spend({
    keyId,
    userId: said.user_id,
    requestId: said.request_id,
    from: said.start_date?.at,
    until,
    limit: said.limit,
  });
  return rows.map((row) => spendOut(row, keys));
}

async function byKey({ keys, store, flush, nowMs }: SpendRoutePorts): Promise<object> {
  await flush();
  const totals = new Map((await store.keyTotals()).map((total) => [total.keyId, total]));
  const virtual = keys.all().map((live) => ({
    ...keyOut(live, nowMs()),
    total_spend: dollarsOf(totals.get(live.record.id)?.costNanousd ?? 0),
    requests: totals.get(live.record.id)?.requests ?? 0,
  }));
  const others = [...totals.values()]
    .filter(({ keyId }) => keys.find(keyId) === undefined)
    .map(({ keyId, costNanousd, requests }) => ({
      token: keyId,
      key_alias: null,
      spend: dollarsOf(costNanousd),
      total_spend: dollarsOf(costNanousd),
      requests,
    }));
  return [...virtual, ...others].toSorted((a, b) => b.total_spend - a.total_spend);
}

function spendOut(row: SpendRow, keys: VirtualKeys): object {
  return {
    request_id: row.requestId,
    call_type: 'completion',
    api_key: row.keyId,
    key_alias: keys.find(row.keyId)?.record.alias ?? null,
    user: row.userId ?? null,
    model: row.model,
    custom_llm_provider: row.provider ?? null,
    upstream_model: row.upstreamModel ?? null,
    spend: dollarsOf(row.costNanousd),
    spend_nanousd: row.costNanousd,
    prompt_tokens: row.inputTokens,
    completion_tokens: row.outputTokens,
    total_tokens: row.inputTokens + row.outputTokens,
    cache_read_tokens: row.cacheReadTokens,
    cache_write_tokens: row.cacheWriteTokens,
    estimated: row.estimated,
    note: row.note ?? null,
    status: row.status < FAILED_STATUS ? 'success' : 'failure',
    status_code: row.status,
    stream: row.stream,
    request_tags: row.tags,
    startTime: new Date(row.startedAt).toISOString(),
    endTime: new Date(row.endedAt).toISOString(),
  };
}

const FAILED_STATUS = 400;

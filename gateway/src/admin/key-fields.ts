import { z } from 'zod';
import { areRegions } from '../access/key-regions.ts';
import { isRule } from '../access/overruling.ts';
import { durationMs } from '../access/budget-period.ts';
import type { KeyWish } from '../access/key-desk.ts';
import type { LiveKey } from '../access/virtual-keys.ts';
import { dollarsOf, nanousdOf } from '../model/money.ts';

const NAME_CHARACTERS_MAX = 256;
const MODELS_MAX = 1000;
const MODEL_CHARACTERS_MAX = 512;
const METADATA_CHARACTERS_MAX = 16_384;
const DOLLARS_MAX = 9_000_000;
const COUNT_MAX = 1_000_000_000;
const KEY_CHARACTERS_MIN = 20;
const KEY_CHARACTERS_MAX = 512;
const KEYS_MAX = 1000;

const name = () => z.string().min(1).max(NAME_CHARACTERS_MAX);
const count = () => z.int().min(0).max(COUNT_MAX).nullable();
const duration = () =>
  z
    .string()
    .refine((text) => durationMs(text) !== undefined, 'must be a duration like 30s, 30m, 24h, 30d')
    .nullable();

const areRules = (switches: unknown): boolean =>
  typeof switches === 'object' &&
  switches !== null &&
  Object.entries(switches).every(([name, verdict]) => isRule(name, verdict));

const fields = {
  key_alias: name().nullable(),
  user_id: name().nullable(),
  role: z.enum(['admin', 'premium', 'basic']),
  models: z.array(z.string().min(1).max(MODEL_CHARACTERS_MAX)).max(MODELS_MAX).nullable(),
  metadata: z
    .record(z.string(), z.unknown())
    .refine((value) => JSON.stringify(value).length <= METADATA_CHARACTERS_MAX, 'is too long')
    .refine(({ switches = {} }) => areRules(switches), {
      path: ['switches'],
      error: 'must say allow, ignore or refuse of switches by their names',
    })
    .refine(({ regions }) => regions === undefined || areRegions(regions), {
      path: ['regions'],
      error: 'must be a list of regions, e.g. ["eu"]',
    }),
  max_budget: z.number().min(0).max(DOLLARS_MAX).nullable(),
  budget_duration: duration(),
  rpm_limit: count(),
  tpm_limit: count(),
  max_parallel_requests: count(),
  duration: duration(),
  blocked: z.boolean(),
};
type Fields = z.infer<z.ZodObject<{ [Name in keyof typeof fields]: z.ZodOptional<(typeof fields)[Name]> }>>;

/** How a request names one key: by its text, or by its hash. */
const keyName = () => z.string().min(1).max(KEY_CHARACTERS_MAX);

/** The body of `/key/generate`. */
export const GenerateKey = z.strictObject({
  ...z.strictObject(fields).partial().shape,
  key: z
    .string()
    .regex(/^sk-[\w.~-]+$/, 'must begin with sk- and be letters, digits, dashes and points')
    .min(KEY_CHARACTERS_MIN)
    .max(KEY_CHARACTERS_MAX)
    .optional(),
});
/** The body of `/key/update`. */
export const UpdateKey = z.strictObject({ ...z.strictObject(fields).partial().shape, key: keyName() });
/** The body of `/key/block` and `/key/unblock`. */
export const NameKey = z.strictObject({ key: keyName() });
/** The body of `/key/delete`. */
export const DeleteKeys = z.strictObject({
  keys: z.array(keyName()).max(KEYS_MAX).default([]),
  key_aliases: z.array(name()).max(KEYS_MAX).default([]),
});

/** What the fields wish, in our own words. An empty list of models allows all, as LiteLLM has it. */
export function wishOf(said: Fields): KeyWish {
  const wish: Record<keyof KeyWish, unknown> = {
    alias: said.key_alias,
    userId: said.user_id,
    role: said.role,
    models: said.models?.length === 0 ? null : said.models,
    metadata: said.metadata,
    budgetNanousd: typeof said.max_budget === 'number' ? nanousdOf(said.max_budget) : said.max_budget,
    budgetDuration: said.budget_duration,
    requestsPerMinute: said.rpm_limit,
    tokensPerMinute: said.tpm_limit,
    parallelMax: said.max_parallel_requests,
    duration: said.duration,
    blocked: said.blocked,
  };
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as KeyWish;
}

/** A key as LiteLLM's routes say it. */
export function keyOut({ record, account, caller }: LiveKey, now: number): Record<string, unknown> {
  const spending = account.budget?.at(now);
  const resetsAt = spending?.period.endsAt ?? Number.POSITIVE_INFINITY;
  const time = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  return {
    token: record.id,
    key_name: record.name,
    key_alias: record.alias ?? null,
    user_id: record.userId ?? null,
    role: caller.role,
    models: record.models ?? [],
    metadata: record.metadata,
    spend: dollarsOf(spending?.spentNanousd ?? 0),
    max_budget: record.budgetNanousd === undefined ? null : dollarsOf(record.budgetNanousd),
    budget_duration: record.budgetDuration ?? null,
    budget_reset_at: Number.isFinite(resetsAt) ? time(resetsAt) : null,
    rpm_limit: record.requestsPerMinute ?? null,
    tpm_limit: record.tokensPerMinute ?? null,
    max_parallel_requests: record.parallelMax ?? null,
    expires: time(record.expiresAt),
    blocked: record.blocked,
    created_at: time(record.createdAt),
    created_by: record.createdBy,
    updated_at: time(record.updatedAt),
  };
}

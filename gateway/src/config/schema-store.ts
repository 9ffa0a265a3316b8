import { z } from 'zod';
import { milliseconds, whole } from './fields.ts';

const ADDRESS_CHARACTERS_MAX = 4096;

const perMinute = () => z.number().int().min(1).max(1_000_000_000).optional();

/** How much callers may do. */
export const limits = z.strictObject({
  basicRequestsPerMinute: perMinute().describe(
    'Requests per minute of each key with the role basic that has no limit of its own; absent means any number.',
  ),
  premiumRequestsPerMinute: perMinute().describe('The same for the role premium. Admins are never limited by role.'),
  outputTokensMax: whole(4096, { min: 1, max: 10_000_000 }).describe(
    'Longest answer to ask for when a key has a budget and the request names no bound, since its worst case is paid first.',
  ),
});

/** Where keys and spend are kept. */
export const store = z.strictObject({
  enabled: z.boolean().default(true).describe('Keep keys and spend; `false` knows only the keys of the configuration.'),
  url: z
    .string()
    .max(ADDRESS_CHARACTERS_MAX)
    .regex(/^(postgres|postgresql):\/\//, 'must be a postgres:// address')
    .meta({ secret: true })
    .optional()
    .describe('Address of a PostgreSQL database; absent means SQLite in the data folder.'),
  flushMs: milliseconds(1000).describe('How long spend may wait before it is written to the database.'),
  waitingMax: whole(100_000, { min: 1, max: 10_000_000 }).describe(
    'Most turns whose spend waits for the database; that of further ones is read from the journal at the next start.',
  ),
});

import { z } from 'zod';
import { milliseconds, secret, whole } from './fields.ts';

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
  webSearchesMax: whole(10, { min: 0, max: 1000 }).describe(
    'Searches of the web that a model is thought to make at most for one request, where they have a price; for budgets.',
  ),
});

const SECRET_CHARACTERS_MIN = 16;
const SECRET_DISTINCT_MIN = 8;
const WELL_KNOWN = /change.?me|password|secret.?key|your.?(own.?)?key|example|1234567890/i;

/** What is wrong with a secret that keys are to be derived from. */
function weakness(secret: string): string | undefined {
  if (secret.length < SECRET_CHARACTERS_MIN) return `is shorter than ${SECRET_CHARACTERS_MIN} characters`;
  if (new Set(secret).size < SECRET_DISTINCT_MIN) return `has fewer than ${SECRET_DISTINCT_MIN} different characters`;
  return WELL_KNOWN.test(secret) ? 'is one that everybody tries first' : undefined;
}

/** What is kept of what was said. */
export const records = z
  .strictObject({
    bodies: z.boolean().default(false).describe('Keep what was asked and answered, encrypted; needs `store` as well.'),
    encryptionKey: secret()
      .optional()
      .describe(
        'Secret that bodies and kept responses are encrypted with (AES-256-GCM; its key by scrypt). At least 16 characters.',
      ),
    bodyCharactersMax: whole(1_000_000, { min: 1000, max: 100_000_000 }).describe(
      'Longest request and answer together that are kept whole.',
    ),
  })
  .superRefine(({ bodies, encryptionKey }, context) => {
    const weak = encryptionKey === undefined ? undefined : weakness(encryptionKey);
    if (weak !== undefined) context.addIssue({ code: 'custom', path: ['encryptionKey'], message: weak });
    if (bodies && encryptionKey === undefined)
      context.addIssue({ code: 'custom', path: ['encryptionKey'], message: 'is needed to keep bodies' });
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

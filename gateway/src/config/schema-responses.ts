import { z } from 'zod';
import { milliseconds, whole } from './fields.ts';

const GIBIBYTE = 1_073_741_824;
const YEAR_MS = 31_622_400_000;
const bytes = (fallback: number) => whole(fallback, { min: 1024, max: 16 * GIBIBYTE });

/** How responses of the Responses API are kept, which callers may ask for again and go on from. */
export const responses = z.strictObject({
  keep: z
    .boolean()
    .default(true)
    .describe('Keep responses, each for the key that asked for it, unless the request says `store: false`.'),
  ttlMs: milliseconds(86_400_000, { max: YEAR_MS }).describe('How long a response is kept.'),
  entriesMax: whole(10_000, { min: 1, max: 10_000_000 }).describe('Most responses in memory; the oldest go first.'),
  bytesMax: bytes(67_108_864).describe('Most memory that they take together.'),
  responseBytesMax: bytes(4_194_304).describe('Longest response, with the conversation before it, that is kept.'),
  database: z
    .enum(['sealed', 'plain', 'off'])
    .default('sealed')
    .describe(
      '`sealed` keeps responses in the database too, encrypted with `records.encryptionKey`, and in memory alone where there is none; `plain` keeps them there as plain text; `off` in memory alone.',
    ),
  keyEntriesMax: whole(10_000, { min: 1, max: 10_000_000 }).describe(
    'Most responses of one key in the database; the oldest go first.',
  ),
  keyBytesMax: bytes(268_435_456).describe('Most bytes that the responses of one key take in the database.'),
  waitingBytesMax: bytes(67_108_864).describe(
    'Most memory of responses that wait for the database; further ones are kept in memory alone.',
  ),
  removalsMs: milliseconds(2000).describe(
    'How often a gateway looks which responses were deleted by way of another one on the same database.',
  ),
});

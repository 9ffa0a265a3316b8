import { z } from 'zod';
import { milliseconds, whole } from './fields.ts';

const GIBIBYTE = 1_073_741_824;
const bytes = (fallback: number) => whole(fallback, { min: 1024, max: 16 * GIBIBYTE });

/** How responses of the Responses API are kept, which callers may ask for again and go on from. */
export const responses = z.strictObject({
  keep: z
    .boolean()
    .default(true)
    .describe('Keep responses in memory, each for the key that asked for it, unless the request says `store: false`.'),
  ttlMs: milliseconds(86_400_000).describe('How long a response is kept.'),
  entriesMax: whole(10_000, { min: 1, max: 10_000_000 }).describe('Most responses that are kept; the oldest go first.'),
  bytesMax: bytes(67_108_864).describe('Most memory that they take together.'),
  responseBytesMax: bytes(4_194_304).describe('Longest response, with the conversation before it, that is kept.'),
});

import { z } from 'zod';
import { milliseconds, whole } from './fields.ts';

const MEBIBYTE = 1_048_576;
const YEAR_SECONDS = 31_536_000;

const semantic = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Answer a question that means the same as one before. Only single questions without tools.'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('How close two questions must be at least, though they mean the same by every other sign.'),
  embedder: z
    .enum(['sentences', 'letters'])
    .default('sentences')
    .describe('What compares them: a small model for English in a thread of its own, or pieces of words.'),
  entriesMax: whole(10_000, { min: 1, max: 1_000_000 }).describe('Most questions that are remembered.'),
  embedMs: milliseconds(500).describe('A comparison that takes longer finds nothing.'),
});

/** What is remembered. */
export const cache = z.strictObject({
  enabled: z.boolean().default(false).describe('Give an answer again when the same is asked again.'),
  onlyWhenAsked: z.boolean().default(false).describe('Only for requests that say `cache: {"use-cache": true}`.'),
  tier: z
    .enum(['exact', 'canonical'])
    .default('canonical')
    .describe('`exact`: the same request. `canonical`: the same question, whatever its white space and courtesies.'),
  scope: z
    .enum(['key', 'everyone'])
    .default('key')
    .describe('Who shares answers: requests with the same API key, or all.'),
  ttlSeconds: whole(3600, { min: 0, max: YEAR_SECONDS }).describe(
    'How long an answer is given again; 0 keeps it until there is no room.',
  ),
  entriesMax: whole(10_000, { min: 1, max: 10_000_000 }).describe('Most answers that are kept.'),
  bytesMax: whole(64 * MEBIBYTE, { min: 1024, max: 64 * 1024 * MEBIBYTE }).describe(
    'Most memory that kept answers take; those asked for the longest ago go first.',
  ),
  entryBytesMax: whole(MEBIBYTE, { min: 1, max: 64 * MEBIBYTE }).describe('Longer answers are not kept.'),
  temperatureMax: z
    .number()
    .min(0)
    .max(10)
    .default(0.3)
    .describe('A request with a higher temperature is asked anew each time; one without counts as 0.'),
  timeBound: z
    .boolean()
    .default(false)
    .describe('Remember answers to questions about now, today or the latest of something as well.'),
  toolCalls: z
    .boolean()
    .default(false)
    .describe('Remember answers that call a tool as well; whoever gets one again runs the tool again.'),
  waitMs: milliseconds(30_000, { min: 0 }).describe(
    'Longest time a request waits for the answer to the same request before it asks for itself.',
  ),
  semantic: semantic.prefault({}).describe('Which questions mean the same.'),
});

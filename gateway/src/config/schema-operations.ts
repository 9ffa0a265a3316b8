import { z } from 'zod';
import { OPERATIONS } from '../model/operation.ts';
import { address, headers, milliseconds, whole } from './fields.ts';

const GIBIBYTE = 1_073_741_824;
const bytes = (fallback: number) => whole(fallback, { min: 1024, max: 16 * GIBIBYTE });
const names = () => z.array(z.enum(OPERATIONS)).max(OPERATIONS.length).default([]);

/** First segments that the gateway's own routes begin with. */
const OWN =
  /^\/(v1|v1beta|v2|health|metrics|key|user|team|spend|admin|audit|models|ui|docs|chat|completions|embeddings|moderations|rerank|images|audio|files|batches|realtime)(\/|$)/;

const route = z
  .strictObject({
    prefix: z
      .string()
      .max(128)
      .regex(/^(\/[A-Za-z0-9_-]{1,64}){1,4}$/, 'must be a path of names, like /anthropic')
      .refine((prefix) => !OWN.test(prefix), 'belongs to the gateway’s own routes')
      .describe('What the path begins with; the rest of it is asked there.'),
    provider: z.string().min(1).max(64).optional().describe('Provider whose address and key are used.'),
    baseUrl: address().optional().describe('Another address; only its own headers are sent there.'),
    headers: headers().optional().describe('Headers to send along, e.g. the key of that address.'),
    forwards: z
      .array(z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a header name in lower case'))
      .max(50)
      .default([])
      .describe('Headers of the caller’s that are passed on, besides the usual.'),
  })
  .refine(({ provider, baseUrl }) => (provider === undefined) !== (baseUrl === undefined), {
    path: ['provider'],
    error: 'or a baseUrl must be given, and not both',
  });

/** What callers may ask for besides chats. */
export const operations = z.strictObject({
  inputsMax: whole(2048, { min: 1, max: 100_000 }).describe(
    'Most texts of one request for embeddings or moderations, and most documents of one for reranking.',
  ),
  mediaBytesMax: bytes(27_262_976).describe('Longest upload of pictures or a sound.'),
  fileBytesMax: bytes(536_870_912).describe('Longest upload of a file.'),
  heldBytesMax: whole(1_048_576, { min: 0, max: GIBIBYTE }).describe(
    'Uploads up to this length are held in memory, so that they can be sent again when a provider fails; longer ones are sent as they come, once.',
  ),
  modelWithinBytesMax: whole(27_262_976, { min: 1024, max: GIBIBYTE }).describe(
    'How much of an upload is held while it has not said its model; a client that writes the file first holds all of it up.',
  ),
  replyBytesMax: bytes(536_870_912).describe('Longest answer that is passed on.'),
  imagesMax: whole(10, { min: 1, max: 1000 }).describe(
    'Pictures that the longest forms are thought to ask for at most, before they have said how many; for budgets.',
  ),
  soundBytesPerSecondMin: whole(500, { min: 1, max: 1_000_000 }).describe(
    'Bytes that a second of sound takes at least: how long an upload can be at most; for budgets.',
  ),
  frameBytesMax: whole(16_777_216, { min: 1024, max: GIBIBYTE }).describe('Longest frame of a realtime conversation.'),
  sessionTimeoutMs: milliseconds(3_600_000).describe('How long a realtime conversation may last.'),
  sessionIdleTimeoutMs: milliseconds(600_000).describe('How long a realtime conversation may be silent.'),
  filesProvider: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Provider that `/v1/files` and `/v1/batches` go to; absent refuses them.'),
  fileIds: z
    .enum(['own', 'any'])
    .default('own')
    .describe('Files that chats may name by their ids: those of the caller’s own key, or any of the account’s.'),
  passThrough: z
    .array(route)
    .max(100)
    .superRefine((routes, context) => {
      for (const [at, { prefix }] of routes.entries()) {
        if (routes.findIndex((other) => other.prefix === prefix) < at)
          context.addIssue({ code: 'custom', path: [at, 'prefix'], message: 'is the same prefix as an earlier one' });
      }
    })
    .default([])
    .describe('Paths whose requests go to an address as they are, with the gateway’s key.'),
  unmetered: names().describe(
    'Operations that keys with a budget or a list of models may use although neither can be held there: `batches`, `pass-through`, `realtime`.',
  ),
  uninspected: names().describe(
    'Operations that are passed on although private data would have to be masked or a guard to judge, which can’t look into them.',
  ),
});

import { z } from 'zod';
import { OPERATIONS } from '../model/operation.ts';
import { whole } from './fields.ts';

const GIBIBYTE = 1_073_741_824;
const bytes = (fallback: number) => whole(fallback, { min: 1024, max: 16 * GIBIBYTE });
const names = () => z.array(z.enum(OPERATIONS)).max(OPERATIONS.length).default([]);

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
  uninspected: names().describe(
    'Operations that are passed on although private data would have to be masked or a guard to judge, which can’t look into them.',
  ),
});

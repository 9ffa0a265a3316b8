import { z } from 'zod';
import { whole } from './fields.ts';

/** What callers may ask for besides chats. */
export const operations = z.strictObject({
  inputsMax: whole(2048, { min: 1, max: 100_000 }).describe(
    'Most texts of one request for embeddings or moderations, and most documents of one for reranking.',
  ),
});

/** What callers may ask of providers besides chats. Settings, records and error messages call them so. */
export const OPERATIONS = [
  'embeddings',
  'rerank',
  'moderations',
  'count-tokens',
  'image-generations',
  'image-edits',
  'image-variations',
  'speech',
  'transcriptions',
  'translations',
  'files',
  'batches',
  'realtime',
  'pass-through',
] as const;

/** One of them. */
export type OperationId = (typeof OPERATIONS)[number];

/** How an operation that isn't asked in OpenAI's form is asked: whose it is. */
export type OperationForm = 'cohere-v2' | 'voyage-v1' | 'ollama-v1';

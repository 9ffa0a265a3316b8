import type { TextOperation } from './contract.ts';
import { embeddings } from './embeddings.ts';
import { moderations } from './moderations.ts';
import { rerank } from './rerank.ts';

/** The operations about texts. */
export const textOperations = { embeddings, moderations, rerank } as const satisfies Record<string, TextOperation>;

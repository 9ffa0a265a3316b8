import type { KeptReply } from '../model/kept-reply.ts';
import type { CacheWish } from '../model/turn.ts';
import type { Paraphrases, Question } from './paraphrases.ts';
import type { ReplyCache } from './reply-cache.ts';

/** An answer that was kept; one with a `similarity` was the answer to another question that means the same. */
export interface Answer {
  readonly kept: KeptReply;
  readonly similarity?: number | undefined;
}

/**
 * The answer to a question that means the same. What is found so is never kept as an answer to this one, or one mistake
 * would lead to the next. Never throws: somebody may be waiting.
 */
export async function meant(
  question: Question,
  wish: CacheWish = {},
  { replies, paraphrases }: { readonly replies: ReplyCache; readonly paraphrases: Paraphrases },
): Promise<Answer | undefined> {
  if (wish.noCache) return undefined;
  const found = await paraphrases.find(question);
  if (!found) return undefined;
  const kept = await replies.fresh(found.key, wish).catch(() => undefined);
  if (!kept) paraphrases.delete(question);
  return kept && { kept, similarity: found.similarity };
}

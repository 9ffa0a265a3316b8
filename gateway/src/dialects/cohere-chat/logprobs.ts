import type { TokenLogprob } from '../../model/reply.ts';
import { type Fields, objectsOf, textOf } from './fields.ts';

/** Reads `logprobs`. A piece of text may be of several tokens; its logarithm is then the sum of theirs. */
export function logprobsOf(items: unknown): readonly TokenLogprob[] {
  return objectsOf(Array.isArray(items) ? items : [items]).map((item) => {
    const each: readonly unknown[] = Array.isArray(item['logprobs']) ? (item['logprobs'] as unknown[]) : [];
    const logprob = each.reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : 0), 0);
    return { token: textOf(item['text']) ?? '', logprob };
  });
}

/** Writes `logprobs`. The ids of the tokens are known to nobody but the provider. */
export function logprobsOut(tokens: readonly TokenLogprob[]): readonly Fields[] {
  return tokens.map(({ token, logprob }) => ({ text: token, token_ids: [], logprobs: [logprob] }));
}

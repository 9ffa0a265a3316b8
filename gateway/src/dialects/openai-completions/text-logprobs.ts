import type { TokenLogprob } from '../../model/reply.ts';
import { isObject, type JsonObject } from '../json-object.ts';

/**
 * Reads the older form, in which tokens and their numbers stand in lists side by side. `undefined` where the lists
 * don't match, as with `echo`, whose first token has no number.
 */
export function readTextLogprobs(wire: unknown): readonly TokenLogprob[] | undefined {
  if (!isObject(wire)) return undefined;
  const { tokens, token_logprobs: numbers, top_logprobs: tops } = wire;
  if (!Array.isArray(tokens) || !Array.isArray(numbers) || tokens.length !== numbers.length) return undefined;
  const read: TokenLogprob[] = [];
  for (const [at, token] of (tokens as unknown[]).entries()) {
    const logprob: unknown = numbers[at];
    if (typeof token !== 'string' || typeof logprob !== 'number') return undefined;
    const top: unknown = Array.isArray(tops) ? tops[at] : undefined;
    read.push({ token, logprob, ...(isObject(top) ? { top_logprobs: topList(top) } : {}) });
  }
  return read;
}

function topList(top: JsonObject): readonly unknown[] {
  return Object.entries(top).map(([token, logprob]) => ({ token, logprob, bytes: null }));
}

/** Writes the older form. `offset` is where the first token stands in the answer. */
export function writeTextLogprobs(tokens: readonly TokenLogprob[], offset: number): JsonObject {
  let at = offset;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.every(({ top_logprobs: top }) => top === undefined)
      ? null
      : tokens.map(({ top_logprobs: top }) => Object.fromEntries((top ?? []).flatMap(topEntry))),
    text_offset: tokens.map(({ token }) => {
      const start = at;
      at += token.length;
      return start;
    }),
  };
}

function topEntry(top: unknown): readonly (readonly [string, unknown])[] {
  return isObject(top) && typeof top['token'] === 'string' ? [[top['token'], top['logprob']]] : [];
}

import { byChance, byMark, type Contender, type Question, type Strategy } from './contract.ts';

/** Asks whoever has most left of what it takes in a minute. */
export const usage: Strategy = {
  id: 'usage',
  says: 'The least used this minute: of `tokensPerMinute` and `requestsPerMinute`, or else in tokens by `weight`.',
  order: (contenders, question) => byMark(byChance(contenders, question), (contender) => used(contender, question)),
  why: ({ standing, tokensPerMinute }, { nowMs }) => {
    const of = tokensPerMinute === undefined ? '' : ` of ${tokensPerMinute}`;
    return `${standing.tokensThisMinute(nowMs)}${of} tokens this minute`;
  },
};

function used({ standing, weight, tokensPerMinute, requestsPerMinute }: Contender, { nowMs }: Question): number {
  const tokens = standing.tokensThisMinute(nowMs);
  if (tokensPerMinute === undefined && requestsPerMinute === undefined)
    return weight > 0 ? tokens / weight : Number.POSITIVE_INFINITY;
  return Math.max(
    tokensPerMinute === undefined ? 0 : tokens / tokensPerMinute,
    requestsPerMinute === undefined ? 0 : standing.requestsThisMinute(nowMs) / requestsPerMinute,
  );
}

import { byChance, type Strategy } from './contract.ts';

/** Spreads requests by chance. Needs to know nothing, so it can't be wrong about anything. */
export const shuffle: Strategy = {
  id: 'shuffle',
  says: 'By chance, in proportion to `weight`, or to the limits per minute where all have them.',
  order: byChance,
  why: ({ weight, requestsPerMinute, tokensPerMinute }) => {
    const limit = requestsPerMinute ?? tokensPerMinute;
    return `weight ${weight}${limit === undefined ? '' : `, ${limit} a minute`}`;
  },
};

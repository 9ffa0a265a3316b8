import { byChance, byMark, type Contender, type Strategy } from './contract.ts';

/** Asks whoever has the least to do. */
export const leastBusy: Strategy = {
  id: 'least-busy',
  says: 'The fewest requests in flight, in proportion to `weight`.',
  order: (contenders, question) => byMark(byChance(contenders, question), load),
  why: ({ standing }) => `${standing.inFlight} in flight`,
};

function load({ standing, weight }: Contender): number {
  return weight > 0 ? standing.inFlight / weight : Number.POSITIVE_INFINITY;
}

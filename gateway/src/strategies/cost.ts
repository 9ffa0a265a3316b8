import { dollarsPerMillion } from '../model/price.ts';
import { byChance, byMark, type Strategy } from './contract.ts';

/** Asks whoever is cheap. */
export const cost: Strategy = {
  id: 'cost',
  says: 'The lowest price of a token in and a token out; unknown prices come last.',
  order: (contenders, question) =>
    byMark(byChance(contenders, question), ({ costPerToken = Number.POSITIVE_INFINITY }) => costPerToken),
  why: ({ costPerToken }) =>
    costPerToken === undefined
      ? 'price unknown'
      : `$${dollarsPerMillion(costPerToken)} for a million tokens in and out`,
};

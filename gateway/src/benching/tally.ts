import type { SavedRequest, SavingLevel } from '../model/compressed-text.ts';

/** What one way did to the texts of one kind. */
export interface Tally {
  readonly kind: string;
  readonly way: string;
  readonly texts: number;
  readonly before: number;
  readonly after: number;
  readonly ms: number;
  readonly comesBack: SavedRequest['comesBack'];
}

/** What the gateway may be told to do. */
export const LEVEL_WAYS: readonly SavingLevel[] = ['low', 'medium', 'high'];

const WORST_FIRST: readonly Tally['comesBack'][] = ['no', 'same value', 'exactly'];

/** Two tallies in one, by the name of the first. */
export function added(one: Tally, other: Tally): Tally {
  return {
    ...one,
    texts: one.texts + other.texts,
    before: one.before + other.before,
    after: one.after + other.after,
    ms: one.ms + other.ms,
    comesBack: WORST_FIRST.find((worst) => one.comesBack === worst || other.comesBack === worst) ?? 'no',
  };
}

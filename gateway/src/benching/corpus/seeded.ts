import { seededRandom } from '../../model/seeded-random.ts';

/** Chance that is the same for the same seed. */
export interface Seeded {
  /** From 0 to below 1. */
  readonly next: () => number;
  /** A whole number from 0 to below `below`. */
  readonly below: (below: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  /** So many hexadecimal digits. */
  readonly hex: (digits: number) => string;
  readonly uuid: () => string;
}

/** Chance from a seed, for texts. */
export function seeded(seed: number): Seeded {
  const next = seededRandom(seed);
  const below = (most: number): number => Math.floor(next() * most);
  const hex = (digits: number): string => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  return {
    next,
    below,
    hex,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    uuid: () => [8, 4, 4, 4, 12].map(hex).join('-'),
  };
}

/** A whole number with leading zeros. */
export function padded(number: number, digits = 2): string {
  return String(number).padStart(digits, '0');
}

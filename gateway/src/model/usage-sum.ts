import type { Usage } from './reply.ts';
import { UNIT_KINDS, type Units } from './units.ts';

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
] as const satisfies readonly (keyof Usage)[];

/** What two answers took together. Providers' own objects are left out, since they can't be added up. */
export function usageSum(one: Usage, other: Usage): Usage {
  const sum = combined(one, other, (a, b) => a + b);
  if (!one.billed && !other.billed) return sum;
  return { ...sum, billed: combined(billedOf(one), billedOf(other), (a, b) => a + b) };
}

/** What is left of the whole without a part of it; never less than nothing. */
export function usageRest(whole: Usage, part: Usage): Usage {
  const rest = combined(whole, part, (a, b) => Math.max(0, a - b));
  if (!whole.billed) return rest;
  return { ...rest, billed: combined(billedOf(whole), billedOf(part), (a, b) => Math.max(0, a - b)) };
}

function billedOf({ inputTokens, outputTokens, billed }: Usage): NonNullable<Usage['billed']> {
  return billed ?? { inputTokens, outputTokens };
}

function combined(one: Usage, other: Usage, count: (a: number, b: number) => number): Usage {
  const all: Partial<Record<(typeof COUNTS)[number], number>> = {};
  for (const name of COUNTS)
    if (one[name] !== undefined || other[name] !== undefined) all[name] = count(one[name] ?? 0, other[name] ?? 0);
  const { inputTokens = 0, outputTokens = 0, ...rest } = all;
  const units = combinedUnits(one.units, other.units, count);
  return { inputTokens, outputTokens, ...rest, ...(units ? { units } : {}) };
}

function combinedUnits(
  one: Units | undefined,
  other: Units | undefined,
  count: (a: number, b: number) => number,
): Units | undefined {
  if (!one && !other) return undefined;
  const all: Partial<Record<(typeof UNIT_KINDS)[number], number>> = {};
  for (const kind of UNIT_KINDS)
    if (one?.[kind] !== undefined || other?.[kind] !== undefined)
      all[kind] = count(one?.[kind] ?? 0, other?.[kind] ?? 0);
  const pictureForms = one?.pictureForms ?? other?.pictureForms;
  return { ...all, ...(pictureForms ? { pictureForms } : {}) };
}

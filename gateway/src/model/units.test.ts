import { expect, test } from 'vitest';
import { costOf, FREE, type ModelPrice, picousdOf, rateOf, unpriced, worstCost } from './price.ts';

const PRICE: ModelPrice = {
  ...FREE,
  units: {
    pictures: picousdOf(0.04),
    byForm: { '512x512': picousdOf(0.018), hd: picousdOf(0.09), 'hd/1792x1024': picousdOf(0.12) },
    seconds: picousdOf(0.0001),
    characters: picousdOf(0.000_015),
    searches: picousdOf(0.002),
    webSearches: picousdOf(0.01),
  },
};
const took = (units: object) => ({ inputTokens: 0, outputTokens: 0, units });

test.each([
  ['pictures of any form', { pictures: 3 }, 120_000_000],
  ['pictures of a size', { pictures: 2, pictureForms: ['standard/512x512', '512x512'] }, 36_000_000],
  ['pictures of a quality and a size', { pictures: 1, pictureForms: ['hd/1792x1024', '1792x1024', 'hd'] }, 120_000_000],
  ['pictures of a quality', { pictures: 1, pictureForms: ['hd/1x1', '1x1', 'hd'] }, 90_000_000],
  ['pictures of a form without a price of its own', { pictures: 1, pictureForms: ['toString'] }, 40_000_000],
  ['seconds, to the thousandth', { seconds: 8.470_000_267 }, 847_000],
  ['characters', { characters: 13 }, 195_000],
  ['searches', { searches: 1, webSearches: 2 }, 22_000_000],
  ['counts that are none', { pictures: -1, seconds: Number.NaN }, 0],
] as const)('%s', (_, units, nanousd) => {
  expect(costOf(took(units), PRICE)).toBe(nanousd);
});

test('units count beside tokens, and requests with each of them', () => {
  const price = {
    input: rateOf(0.000_001),
    output: rateOf(0),
    units: { requests: picousdOf(0.005), webSearches: picousdOf(0.01) },
  };
  expect(costOf({ inputTokens: 10, outputTokens: 5, units: { webSearches: 1 } }, price)).toBe(15_010_000);
});

test('pictures whose form nobody knows yet can cost what the dearest does', () => {
  expect(worstCost({ input: 0, output: 0, units: { pictures: 2 } }, PRICE)).toBe(240_000_000);
  expect(worstCost({ input: 0, output: 0, units: { pictures: 2, pictureForms: ['512x512'] } }, PRICE)).toBe(36_000_000);
});

test('what has no price is named', () => {
  expect(unpriced(took({ characters: 4 }), FREE)).toBe('characters');
  expect(unpriced(took({ pictures: 1, pictureForms: ['1x1'] }), { ...FREE, units: { byForm: { hd: 1 } } })).toBe(
    'pictures',
  );
  expect(unpriced(took({ seconds: 4 }), PRICE)).toBeUndefined();
  expect(unpriced({ inputTokens: 1, outputTokens: 0, units: { webSearches: 1 } }, FREE)).toBeUndefined();
  expect(unpriced({ inputTokens: 1, outputTokens: 0 }, { ...FREE, isTokenless: true })).toBe('tokens');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dollarText, nanousdOf } from './money.ts';
import { costOf, FREE, type ModelPrice, rateOf, worstCost } from './price.ts';

const PRICE: ModelPrice = {
  input: { ...rateOf(0.000_003), tiers: [{ above: 200_000, rate: rateOf(0.000_006).base }] },
  output: { ...rateOf(0.000_015), tiers: [{ above: 200_000, rate: rateOf(0.000_0225).base }] },
  cacheRead: rateOf(0.000_000_3),
  cacheWrite: rateOf(0.000_003_75),
  cacheWrite1h: rateOf(0.000_006),
};

test.each([
  ['plain tokens', { inputTokens: 1000, outputTokens: 100 }, 4_500_000],
  ['what was read from the cache', { inputTokens: 1000, outputTokens: 0, cacheReadTokens: 400 }, 1_920_000],
  ['what was written to it', { inputTokens: 1000, outputTokens: 0, cacheWriteTokens: 1000 }, 3_750_000],
  [
    'what was written for an hour',
    { inputTokens: 1000, outputTokens: 0, cacheWriteTokens: 1000, cacheWrite1hTokens: 400 },
    4_650_000,
  ],
  ['a request up to the tier', { inputTokens: 200_000, outputTokens: 1 }, 600_015_000],
  ['a request over it, from its first token', { inputTokens: 200_001, outputTokens: 1 }, 1_200_028_500],
  ['audio without a price of its own', { inputTokens: 10, outputTokens: 10, audioInputTokens: 10 }, 180_000],
  ['counts that contradict each other', { inputTokens: 10, outputTokens: 0, cacheReadTokens: 5000 }, 3000],
  [
    'what is billed, where that is less than what was read',
    { inputTokens: 9000, outputTokens: 900, cacheReadTokens: 8000, billed: { inputTokens: 1000, outputTokens: 100 } },
    4_500_000,
  ],
  ['counts that are none', { inputTokens: Number.NaN, outputTokens: -5 }, 0],
] as const)('%s', (_, usage, nanousd) => {
  expect(costOf(usage, PRICE)).toBe(nanousd);
});

test('parts of a nano-dollar are rounded once, at the end', () => {
  const cheap = { ...FREE, input: rateOf(0.000_000_000_4), output: rateOf(0.000_000_000_4) };
  expect(costOf({ inputTokens: 1, outputTokens: 1 }, cheap)).toBe(1);
  expect(costOf({ inputTokens: 1, outputTokens: 0 }, cheap)).toBe(0);
});

test('no usage within the bounds costs more than the worst that was reckoned with', () => {
  const tokens = fc.nat(2_000_000);
  fc.assert(
    fc.property(tokens, tokens, fc.record({ read: tokens, written: tokens, hour: tokens }), (input, output, cache) => {
      const usage = {
        inputTokens: input,
        outputTokens: output,
        cacheReadTokens: cache.read,
        cacheWriteTokens: cache.written,
        cacheWrite1hTokens: cache.hour,
      };
      const worst = worstCost({ input: input + cache.read, output: output + cache.hour }, PRICE);
      expect(costOf(usage, PRICE)).toBeLessThanOrEqual(worst);
    }),
  );
});

test.each([
  [0, '0'],
  [1, '0.000000001'],
  [12_300, '0.0000123'],
  [1_000_000_000, '1'],
  [1_500_000_000, '1.5'],
  [9_007_199_254_740_991, '9007199.254740991'],
  [-5, '-0.000000005'],
])('%i nano-dollars are %s dollars', (nanousd, text) => {
  expect(dollarText(nanousd)).toBe(text);
  expect(nanousdOf(Number(text))).toBe(nanousd);
});

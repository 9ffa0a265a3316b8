import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Usage } from './reply.ts';
import { usageRest, usageSum } from './usage-sum.ts';

const count = fc.nat(1_000_000);
const usages: fc.Arbitrary<Usage> = fc.record(
  { inputTokens: count, outputTokens: count, cacheReadTokens: count, reasoningTokens: count },
  { requiredKeys: ['inputTokens', 'outputTokens'] },
);

test('what two took, without what one took, is what the other took', () => {
  fc.assert(
    fc.property(usages, usages, (one, other) => {
      const rest = usageRest(usageSum(one, other), one);
      expect(rest).toMatchObject(other);
      expect(rest.cacheReadTokens ?? 0).toBe(other.cacheReadTokens ?? 0);
    }),
  );
});

test('what is billed is added up too, where one of them bills other than it reads', () => {
  const sum = usageSum(
    { inputTokens: 10, outputTokens: 2 },
    { inputTokens: 20, outputTokens: 3, billed: { inputTokens: 5, outputTokens: 3 } },
  );
  expect(sum).toEqual({ inputTokens: 30, outputTokens: 5, billed: { inputTokens: 15, outputTokens: 5 } });
  expect(usageRest(sum, { inputTokens: 10, outputTokens: 2 }).billed).toEqual({ inputTokens: 5, outputTokens: 3 });
});

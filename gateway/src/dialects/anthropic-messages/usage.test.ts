import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Usage } from '../../model/reply.ts';
import { mergedUsage, usageOf, usageOut } from './usage.ts';

const count = fc.nat(10_000);
const optional = fc.option(count, { nil: undefined });

describe('usage', () => {
  test('counts the same input and output when it is said here and read again', () => {
    fc.assert(
      fc.property(count, count, optional, optional, (inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens) => {
        const usage = {
          inputTokens,
          outputTokens,
          ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
          ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
        } satisfies Usage;
        expect(usageOf(usageOut(usage))).toMatchObject({ inputTokens, outputTokens });
        for (const tokens of Object.values(usageOut(usage))) expect(tokens).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('of the hour-long cache and of reasoning is kept', () => {
    const usage: Usage = {
      inputTokens: 100,
      outputTokens: 9,
      cacheReadTokens: 20,
      cacheWriteTokens: 30,
      cacheWrite1hTokens: 10,
      reasoningTokens: 5,
    };
    expect(usageOut(usage)).toEqual({
      input_tokens: 50,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 20,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 5 },
    });
    expect(usageOf(usageOut(usage))).toMatchObject(usage);
  });

  test('of this wire is said again as it came', () => {
    const fields = { input_tokens: 1, output_tokens: 2, cache_creation: null, of_tomorrow: 3 };
    expect(usageOut(usageOf(fields))).toBe(fields);
  });

  test('said later replaces what was said before, where it says anything', () => {
    const merged = mergedUsage(
      { input_tokens: 5, output_tokens: 1 },
      { input_tokens: null, output_tokens: 7, other: 0 },
    );
    expect(merged).toEqual({ input_tokens: 5, output_tokens: 7, other: 0 });
  });

  test('that nobody knows is 0', () => {
    expect(usageOut(undefined)).toEqual({ input_tokens: 0, output_tokens: 0 });
  });
});

import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOf } from '../model/price.ts';
import { priceBook } from './prices.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const MODELS = [
  ['openai', 'gpt-4o-mini'],
  ['openai', 'gpt-4o-2024-08-06'],
  ['openai', 'gpt-4o-audio-preview'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['anthropic', 'claude-3-haiku-20240307'],
  ['google', 'gemini-2.5-pro'],
  ['deepseek', 'deepseek-chat'],
] as const;

test.each(MODELS)('%s/%s costs what the list says, to the nano-dollar, whatever was used', (providerId, model) => {
  const price = priceBook(() => NOW)(providerId, model);
  if (!price) throw new Error('It has no price.');
  const usages = fc.tuple(fc.nat(500_000), fc.nat(100_000), fc.nat(1000), fc.nat(1000));
  fc.assert(
    fc.property(usages, ([input, output, read, written]) => {
      const whole = input + read + written;
      const ours = costOf(
        { inputTokens: whole, outputTokens: output, cacheReadTokens: read, cacheWriteTokens: written },
        price,
      );
      const listed = calcPrice(
        {
          input_tokens: whole,
          output_tokens: output,
          cache_read_tokens: read,
          cache_write_tokens: written,
        },
        model,
        { providerId, timestamp: new Date(NOW) },
      );
      expect(Math.abs(ours - (listed?.total_price ?? Number.NaN) * 1e9)).toBeLessThanOrEqual(0.51);
    }),
  );
});

test.each([
  ['openai', 'a-model-of-somebody'],
  ['nobody', 'gpt-4o'],
  ['openai-compatible', 'gpt-4o'],
  ['', ''],
])('nobody knows what %s/%s costs', (provider, model) => {
  expect(priceBook(() => NOW)(provider, model)).toBeUndefined();
});

test('what was looked up is looked up again after a while, since prices change', () => {
  let now = NOW;
  const book = priceBook(() => now);
  const first = book('openai', 'gpt-4o');
  expect(book('openai', 'gpt-4o')).toBe(first);
  now += 60_000;
  expect(book('openai', 'gpt-4o')).not.toBe(first);
  expect(book('openai', 'gpt-4o')).toEqual(first);
});

import { expect, test } from 'vitest';
import { readUsage, writeUsage } from './openai-usage.ts';

test.each([
  [
    'OpenAI',
    {
      prompt_tokens: 9,
      completion_tokens: 5,
      total_tokens: 14,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 0 },
    },
    {
      inputTokens: 9,
      outputTokens: 5,
      cacheReadTokens: 4,
      reasoningTokens: 3,
      audioInputTokens: 1,
      audioOutputTokens: 0,
    },
  ],
  [
    'DeepSeek',
    { prompt_tokens: 9, completion_tokens: 5, prompt_cache_hit_tokens: 8 },
    { inputTokens: 9, outputTokens: 5, cacheReadTokens: 8 },
  ],
  [
    'Mistral',
    { prompt_tokens: 9, completion_tokens: 5, num_cached_tokens: 7 },
    { inputTokens: 9, outputTokens: 5, cacheReadTokens: 7 },
  ],
  [
    'Together',
    { prompt_tokens: 9, completion_tokens: 5, cached_tokens: 0 },
    { inputTokens: 9, outputTokens: 5, cacheReadTokens: 0 },
  ],
  [
    'OpenRouter',
    { prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: { cache_write_tokens: 2 } },
    { inputTokens: 9, outputTokens: 5, cacheWriteTokens: 2 },
  ],
  [
    'HuggingFace',
    { prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: null },
    { inputTokens: 9, outputTokens: 5 },
  ],
  [
    'Gemini, which hides its thinking',
    { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 },
    { inputTokens: 35, outputTokens: 74, reasoningTokens: 62 },
  ],
])('usage is read as %s says it', (_, wire, expected) => {
  const usage = readUsage(wire, 'openai-chat');
  expect(usage).toEqual({ ...expected, native: { dialect: 'openai-chat', fields: wire } });
  expect(usage && writeUsage(usage, 'openai-chat')).toBe(wire);
});

test.each([[null], [{}], ['9'], [{ prompt_tokens: '9' }], [{ prompt_tokens: -1 }]])('%j is no usage', (wire) => {
  expect(readUsage(wire, 'openai-chat')).toBeUndefined();
});

test('usage of another dialect, or usage that was changed, is said in full', () => {
  const native = { dialect: 'openai-chat', fields: { prompt_tokens: 1, completion_tokens: 2 } } as const;
  const expected = {
    prompt_tokens: 10,
    completion_tokens: 5,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0, cache_write_tokens: 4 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 4 };
  expect(writeUsage({ ...usage, native }, 'openai-chat')).toEqual(expected);
  expect(writeUsage({ ...usage, native: { ...native, dialect: 'anthropic-messages' } }, 'openai-chat')).toEqual(
    expected,
  );
});

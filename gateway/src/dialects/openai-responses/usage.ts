import type { Usage } from '../../model/reply.ts';
import { readUsage } from '../openai-usage.ts';
import { DIALECT, type Fields } from './fields.ts';

/** Reads `usage`; `undefined` where nothing is counted. https://platform.openai.com/docs/api-reference/responses/object */
export function usageOf(wire: unknown): Usage | undefined {
  return readUsage(wire, DIALECT);
}

/** Writes `usage`. */
export function usageOut(usage: Usage | undefined): Fields | null {
  if (!usage) return null;
  if (usage.native?.dialect === DIALECT) return usage.native.fields;
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens, reasoningTokens = 0 } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cacheReadTokens,
      ...(cacheWriteTokens ? { cache_write_tokens: cacheWriteTokens } : {}),
      ...(usage.audioInputTokens ? { audio_tokens: usage.audioInputTokens } : {}),
    },
    output_tokens: outputTokens,
    output_tokens_details: {
      reasoning_tokens: reasoningTokens,
      ...(usage.audioOutputTokens ? { audio_tokens: usage.audioOutputTokens } : {}),
    },
    total_tokens: inputTokens + outputTokens,
  };
}

import type { Usage } from '../../model/reply.ts';
import { readUsage } from '../openai-usage.ts';
import { DIALECT, type Fields, isFields } from './fields.ts';

/** Reads `usage`, and which tools of the provider's were used; `undefined` where nothing is counted. https://platform.openai.com/docs/api-reference/responses/object */
export function usageOf({ usage: wire, output }: Fields): Usage | undefined {
  const usage = readUsage(wire, DIALECT);
  const webSearches = Array.isArray(output) ? output.filter(isWebSearch).length : 0;
  return usage && webSearches > 0 ? { ...usage, units: { webSearches } } : usage;
}

/** Opening a page that was found costs nothing more. */
function isWebSearch(item: unknown): boolean {
  if (!isFields(item) || item['type'] !== 'web_search_call') return false;
  const { action } = item;
  return !isFields(action) || action['type'] === undefined || action['type'] === 'search';
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

import type { Usage } from '../../model/reply.ts';
import { DIALECT, type Fields, isFields, present } from './fields.ts';

/**
 * Reads `usage`. The wire counts input from and into the cache apart from `input_tokens`; together they are the input.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function usageOf(fields: Fields): Usage {
  const cacheReadTokens = count(fields, 'cache_read_input_tokens');
  const cacheWriteTokens = count(fields, 'cache_creation_input_tokens');
  const webSearches = count(fields['server_tool_use'], 'web_search_requests');
  return {
    inputTokens: (count(fields, 'input_tokens') ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens: count(fields, 'output_tokens') ?? 0,
    ...present({
      cacheReadTokens,
      cacheWriteTokens,
      cacheWrite1hTokens: count(fields['cache_creation'], 'ephemeral_1h_input_tokens'),
      reasoningTokens: count(fields['output_tokens_details'], 'thinking_tokens'),
    }),
    ...(webSearches ? { units: { webSearches } } : {}),
    native: { dialect: DIALECT, fields },
  };
}

function count(fields: unknown, key: string): number | undefined {
  const value = isFields(fields) ? fields[key] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Puts later usage over earlier: the counts are cumulative, and a field that is absent or null says nothing new. */
export function mergedUsage(earlier: Fields, later: Fields): Fields {
  return { ...earlier, ...Object.fromEntries(Object.entries(later).filter(([, value]) => value !== null)) };
}

/** Writes `usage`. What isn't known yet is 0. */
export function usageOut(usage: Usage | undefined): Fields {
  if (!usage) return { input_tokens: 0, output_tokens: 0 };
  if (usage.native?.dialect === DIALECT) return usage.native.fields;
  const { inputTokens, outputTokens, cacheWrite1hTokens } = usage;
  // Other providers may count the same tokens as written and as read; here the three must add up to the input.
  const cacheReadTokens = Math.min(usage.cacheReadTokens ?? 0, inputTokens);
  const cacheWriteTokens = Math.min(usage.cacheWriteTokens ?? 0, inputTokens - cacheReadTokens);
  return present({
    input_tokens: inputTokens - cacheReadTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation:
      cacheWrite1hTokens === undefined
        ? undefined
        : {
            ephemeral_5m_input_tokens: Math.max(0, cacheWriteTokens - cacheWrite1hTokens),
            ephemeral_1h_input_tokens: cacheWrite1hTokens,
          },
    output_tokens: outputTokens,
    output_tokens_details: usage.reasoningTokens === undefined ? undefined : { thinking_tokens: usage.reasoningTokens },
  });
}

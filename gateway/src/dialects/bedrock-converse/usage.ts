import type { Usage } from '../../model/reply.ts';
import { DIALECT, type Fields, numberOf, objectsOf, present } from './fields.ts';

/**
 * Reads `usage`. What was read from and written to the cache stands beside the input here.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function usageOf(fields: Fields): Usage {
  const cacheReadTokens = numberOf(fields['cacheReadInputTokens']);
  const cacheWriteTokens = numberOf(fields['cacheWriteInputTokens']);
  const forAnHour = objectsOf(fields['cacheDetails']).find(({ ttl }) => ttl === '1h');
  return {
    inputTokens: (numberOf(fields['inputTokens']) ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens: numberOf(fields['outputTokens']) ?? 0,
    ...present({ cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens: numberOf(forAnHour?.['inputTokens']) }),
    native: { dialect: DIALECT, fields },
  };
}

/** Writes `usage`; the wire demands it. */
export function usageOut(usage: Usage | undefined): Fields {
  if (usage?.native?.dialect === DIALECT) return usage.native.fields;
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWrite1hTokens } = usage ?? {};
  // Some providers say the same tokens as read and as written; the sum stays that of the input.
  const unread = inputTokens - (cacheReadTokens ?? 0);
  const cacheWriteTokens = usage?.cacheWriteTokens === undefined ? undefined : Math.min(usage.cacheWriteTokens, unread);
  return present({
    inputTokens: Math.max(0, unread - (cacheWriteTokens ?? 0)),
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cacheReadInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
    cacheDetails: cacheWrite1hTokens ? [{ ttl: '1h', inputTokens: cacheWrite1hTokens }] : undefined,
  });
}

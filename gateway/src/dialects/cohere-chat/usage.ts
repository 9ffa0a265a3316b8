import type { Usage } from '../../model/reply.ts';
import { DIALECT, type Fields, isFields, numberOf, present } from './fields.ts';

/**
 * Reads `usage`. `tokens` are what the model read and wrote, what the provider put before the prompt included, and
 * pictures are counted beside them; `billed_units` are those that are paid for. https://docs.cohere.com/reference/chat
 */
export function usageOf(fields: Fields): Usage {
  const billed = isFields(fields['billed_units']) ? fields['billed_units'] : undefined;
  const tokens = isFields(fields['tokens']) ? fields['tokens'] : (billed ?? {});
  const inputTokens = (numberOf(tokens['input_tokens']) ?? 0) + (numberOf(tokens['image_tokens']) ?? 0);
  const cached = numberOf(fields['cached_tokens']);
  return {
    inputTokens,
    outputTokens: numberOf(tokens['output_tokens']) ?? 0,
    ...present({
      cacheReadTokens: cached === undefined ? undefined : Math.min(cached, inputTokens),
      reasoningTokens: numberOf(tokens['reasoning_tokens']),
      billed: billed && {
        inputTokens: (numberOf(billed['input_tokens']) ?? 0) + (numberOf(billed['image_tokens']) ?? 0),
        outputTokens: numberOf(billed['output_tokens']) ?? 0,
      },
    }),
    native: { dialect: DIALECT, fields },
  };
}

/** Writes `usage`. Another provider bills all that it counts, unless it says otherwise. */
export function usageOut(usage: Usage | undefined): Fields | undefined {
  if (!usage || usage.native?.dialect === DIALECT) return usage?.native?.fields;
  const { inputTokens, outputTokens, reasoningTokens, cacheReadTokens, billed = usage } = usage;
  return present({
    billed_units: { input_tokens: billed.inputTokens, output_tokens: billed.outputTokens },
    tokens: present({
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      reasoning_tokens: reasoningTokens,
    }),
    cached_tokens: cacheReadTokens,
  });
}

import type { ParameterRule } from './contract.ts';

/** Models that always think before they speak. */
const REASONING = /^(o[134](-|$)|gpt-5(-(?!chat)|$))/;
/** Models whose thinking can be switched off. */
const THINKING_AT_WILL = /^gpt-5\.\d/;

/** Sampling is the model's own business while it thinks; saying what is so anyway is allowed. */
const SAMPLING_FIXED = {
  only: { temperature: [1], top_p: [1], presence_penalty: [0], frequency_penalty: [0] },
  lacks: ['logprobs', 'top_logprobs', 'logit_bias'],
} as const;

/**
 * What OpenAI's models take otherwise than others of the same wire.
 * https://platform.openai.com/docs/guides/reasoning, https://platform.openai.com/docs/guides/latest-model
 */
export const OPENAI_CHAT_RULES: readonly ParameterRule[] = [
  { models: REASONING, ...SAMPLING_FIXED, renames: { max_tokens: 'max_completion_tokens' } },
  { models: THINKING_AT_WILL, renames: { max_tokens: 'max_completion_tokens' } },
  { models: THINKING_AT_WILL, beside: { field: 'reasoning_effort', except: ['none'] }, ...SAMPLING_FIXED },
  { models: /^(o3|o4-mini)(-|$)/, lacks: ['stop'] },
  {
    models: /^gpt-4o(-mini)?-search-preview/,
    lacks: ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'],
  },
];

/** The same for Responses, which have fewer such fields. */
export const OPENAI_RESPONSES_RULES: readonly ParameterRule[] = [
  { models: REASONING, only: { temperature: [1], top_p: [1] }, lacks: ['top_logprobs'] },
];

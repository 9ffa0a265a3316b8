import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { bearer, type HttpProvider, OPENAI_OPERATIONS, type ParameterRule } from './contract.ts';

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
const CHAT_RULES: readonly ParameterRule[] = [
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
const RESPONSES_RULES: readonly ParameterRule[] = [
  { models: REASONING, only: { temperature: [1], top_p: [1] }, lacks: ['top_logprobs'] },
];

/** OpenAI itself, and with another base URL any host that speaks its API. */
export const openai: HttpProvider = {
  kind: 'http',
  id: 'openai',
  docs: 'https://platform.openai.com/docs/api-reference/chat',
  baseUrl: 'https://api.openai.com/v1',
  baseUrlEnv: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
  keyEnv: ['OPENAI_API_KEY'],
  headers: bearer,
  priceList: 'openai',
  forwards: ['openai-beta', 'openai-organization', 'openai-project'],
  chat: [
    { dialect: openaiChat, path: '/chat/completions', rules: CHAT_RULES },
    {
      dialect: openaiCompletions,
      path: '/completions',
      models: [/^gpt-3\.5-turbo-instruct/, /^davinci-002/, /^babbage-002/],
    },
    { dialect: openaiResponses, path: '/responses', rules: RESPONSES_RULES },
  ],
  operations: OPENAI_OPERATIONS,
  models: ['gpt-4o', 'gpt-4o-mini', 'gpt-4-turbo', 'gpt-3.5-turbo', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-5', 'gpt-5-mini'],
  knows: [
    /^gpt-/,
    /^o[134](-|$)/,
    /^chatgpt-/,
    /^ft:/,
    /^davinci-002/,
    /^babbage-002/,
    /^text-embedding-/,
    /^(omni|text)-moderation-/,
    /^dall-e-/,
    /^tts-1/,
    /^whisper-/,
  ],
  aliases: { 'gpt-4': 'gpt-4-turbo' },
};

import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { bearer, type HttpProvider, OPENAI_OPERATIONS } from './contract.ts';
import { OPENAI_CHAT_RULES, OPENAI_RESPONSES_RULES } from './openai-rules.ts';

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
  batchShare: 0.5, // https://platform.openai.com/docs/guides/batch
  forwards: ['openai-beta', 'openai-organization', 'openai-project'],
  chat: [
    { dialect: openaiChat, path: '/chat/completions', rules: OPENAI_CHAT_RULES },
    {
      dialect: openaiCompletions,
      path: '/completions',
      models: [/^gpt-3\.5-turbo-instruct/, /^davinci-002/, /^babbage-002/],
    },
    { dialect: openaiResponses, path: '/responses', rules: OPENAI_RESPONSES_RULES },
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

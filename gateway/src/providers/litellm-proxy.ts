import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { bearer, type HttpProvider, OPENAI_OPERATIONS } from './contract.ts';

/** A LiteLLM server standing behind the gateway. */
export const litellmProxy: HttpProvider = {
  kind: 'http',
  id: 'litellm_proxy',
  docs: 'https://docs.litellm.ai/docs/providers/litellm_proxy',
  baseUrlEnv: ['LITELLM_PROXY_API_BASE'],
  keyEnv: ['LITELLM_PROXY_API_KEY'],
  keyOptional: true,
  headers: bearer,
  chat: [
    { dialect: openaiChat, path: '/chat/completions' },
    { dialect: openaiCompletions, path: '/completions' },
  ],
  operations: { ...OPENAI_OPERATIONS, rerank: { path: '/rerank' } },
};

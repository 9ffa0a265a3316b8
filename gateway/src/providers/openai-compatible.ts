import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { bearer, type HttpProvider, OPENAI_OPERATIONS } from './contract.ts';

/** Any host that speaks OpenAI's chat API, where the operator says (`apiBase`). */
export const openaiCompatible: HttpProvider = {
  kind: 'http',
  id: 'openai-compatible',
  prefixes: ['custom_openai', 'openai_like', 'custom'],
  docs: 'https://platform.openai.com/docs/api-reference/chat',
  baseUrlEnv: ['OPENAI_COMPATIBLE_API_BASE'],
  keyEnv: ['OPENAI_COMPATIBLE_API_KEY'],
  keyOptional: true,
  headers: bearer,
  chat: [
    { dialect: openaiChat, path: '/chat/completions' },
    { dialect: openaiCompletions, path: '/completions' },
  ],
  operations: { ...OPENAI_OPERATIONS, rerank: { path: '/rerank' } },
};

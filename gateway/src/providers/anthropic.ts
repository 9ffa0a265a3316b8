import { anthropicMessages } from '../dialects/anthropic-messages/anthropic-messages.ts';
import { CLAUDE_RULES } from './claude-rules.ts';
import type { HttpProvider } from './contract.ts';

/** Anthropic's own API. */
export const anthropic: HttpProvider = {
  kind: 'http',
  id: 'anthropic',
  docs: 'https://docs.anthropic.com/en/api/messages',
  baseUrl: 'https://api.anthropic.com',
  baseUrlEnv: ['ANTHROPIC_API_BASE', 'ANTHROPIC_BASE_URL'],
  keyEnv: ['ANTHROPIC_API_KEY'],
  headers: (key) => ({ ...(key === undefined ? {} : { 'x-api-key': key }), 'anthropic-version': '2023-06-01' }),
  priceList: 'anthropic',
  forwards: ['anthropic-beta', 'anthropic-version'],
  chat: [
    {
      dialect: anthropicMessages,
      path: '/v1/messages',
      rules: CLAUDE_RULES,
    },
  ],
  operations: { 'count-tokens': { path: '/v1/messages/count_tokens', dialect: anthropicMessages.id } },
  models: [
    'claude-opus-4-1',
    'claude-sonnet-4-5',
    'claude-haiku-4-5',
    'claude-3-opus',
    'claude-3-sonnet',
    'claude-3-haiku',
  ],
  knows: [/^claude-/],
  // Anthropic's own "overloaded". It isn't in the HTTP registry, so the shared table can't know it.
  errors: { 529: 'upstream.overloaded' },
};

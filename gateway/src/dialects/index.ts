import type { DialectId } from '../model/request.ts';
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import type { Dialect } from './contract.ts';
import { gemini } from './gemini/gemini.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import { openaiCompletions } from './openai-completions/openai-completions.ts';

/** Every wire format, by name. */
export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'anthropic-messages': anthropicMessages,
  gemini,
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
};

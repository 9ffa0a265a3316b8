import type { DialectId } from '../model/request.ts';
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse/bedrock-converse.ts';
import { cohereChat } from './cohere-chat/cohere-chat.ts';
import type { Dialect } from './contract.ts';
import { geminiContent } from './gemini-content/gemini-content.ts';
import { ollamaChat } from './ollama-chat/ollama-chat.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import { openaiCompletions } from './openai-completions/openai-completions.ts';
import { openaiResponses } from './openai-responses/openai-responses.ts';

/** Every wire format, by name. */
export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'anthropic-messages': anthropicMessages,
  'bedrock-converse': bedrockConverse,
  'cohere-chat': cohereChat,
  'gemini-content': geminiContent,
  'ollama-chat': ollamaChat,
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
};

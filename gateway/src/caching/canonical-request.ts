import type { ChatRequest, DialectId, Part } from '../model/request.ts';
import { plainQuestion } from './plain-question.ts';

/**
 * The request with what the user said last in plain form. System prompt and history stay to the letter, and so does a
 * text to go on with: a space at its end makes another one of it.
 */
export function canonicalRequest(request: ChatRequest, dialect: DialectId): ChatRequest {
  if (dialect === 'openai-completions') return request;
  const last = request.messages.at(-1);
  const only = last?.content.length === 1 ? last.content[0] : undefined;
  if (!last || last.role !== 'user' || only?.type !== 'text') return request;
  const text = plainQuestion(only.text);
  if (text === only.text || text === '') return request;
  const content: Part[] = [{ ...only, text }];
  return { ...request, messages: [...request.messages.slice(0, -1), { ...last, content }] };
}

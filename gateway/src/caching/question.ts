import type { ChatRequest } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { meaningOf } from './meaning.ts';
import type { Question } from './paraphrases.ts';
import { type KeyGround, requestKey } from './request-key.ts';

/**
 * What a request asks, if it may be answered by meaning: one plain question of a user, behind nothing but a system prompt,
 * without tools. Where there is a history, the words don't say what is asked.
 */
export function questionOf(turn: Turn, ground: KeyGround, request: ChatRequest): Question | undefined {
  const last = request.messages.at(-1);
  const only = last?.content.length === 1 ? last.content[0] : undefined;
  if (turn.dialect === 'openai-completions' || last?.role !== 'user' || only?.type !== 'text') return undefined;
  const before = request.messages.slice(0, -1);
  if (request.tools?.length || before.some(({ role }) => role !== 'system' && role !== 'developer')) return undefined;
  const meaning = meaningOf(only.text);
  if (meaning === undefined) return undefined;
  const unsaid = { ...request, messages: [...before, { ...last, content: [] }] };
  const scope = requestKey(turn, ground, unsaid);
  return scope === undefined ? undefined : { scope, meaning, text: only.text };
}

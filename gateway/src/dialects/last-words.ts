import { isObject, type JsonObject } from './json-object.ts';

/** The first text of the last message, in wires that have `messages` of `role` and `content`, when the user wrote it. */
export function lastWordsOf({ messages }: JsonObject): string | undefined {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  if (!isObject(last) || last['role'] !== 'user') return undefined;
  const { content } = last;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.some((part) => isOfType(part, 'tool_result'))) return undefined;
  const text: unknown = content.find((part) => isOfType(part, 'text'));
  return isObject(text) && typeof text['text'] === 'string' ? text['text'] : undefined;
}

function isOfType(part: unknown, type: string): boolean {
  return isObject(part) && part['type'] === type;
}

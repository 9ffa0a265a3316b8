import { isObject, type JsonObject } from './json-object.ts';

/** Where wires say what the model is told before the conversation. */
const INSTRUCTIONS = ['system', 'instructions', 'systemInstruction', 'system_instruction'];
/** Where they have the conversation. */
const CONVERSATION = ['messages', 'input', 'contents'];
const TOLD = ['system', 'developer'];

/**
 * What all turns of a conversation begin with: what the model is told, and the first message of its user. Read from a
 * parsed body of any wire, without decoding the rest. `undefined` where the body has no conversation.
 */
export function firstWordsOf(body: JsonObject): { readonly told: string; readonly asked: string } | undefined {
  const said = CONVERSATION.map((name) => body[name]).find((value) => value !== undefined);
  if (typeof said === 'string') return { told: toldIn(body, []), asked: said };
  if (!Array.isArray(said)) return undefined;
  const messages = said.filter(isObject);
  // Gemini's users need no role.
  const first = messages.find(({ role = 'user' }) => role === 'user');
  return { told: toldIn(body, messages), asked: wordsOf(first) };
}

function toldIn(body: JsonObject, messages: readonly JsonObject[]): string {
  const apart = INSTRUCTIONS.map((name) => body[name]).find((value) => value !== undefined);
  return wordsOf(apart ?? messages.find(({ role }) => typeof role === 'string' && TOLD.includes(role)));
}

/** The texts of a message, of a list of parts, or of a part. */
function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(wordsOf).join('\n');
  if (!isObject(value)) return '';
  return wordsOf(value['text'] ?? value['content'] ?? value['parts'] ?? value['type']);
}

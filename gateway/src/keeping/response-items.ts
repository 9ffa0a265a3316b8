import type { EncodeOptions } from '../dialects/contract.ts';
import { isObject, type JsonObject } from '../dialects/json-object.ts';
import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { type ChatReply, unfold } from '../model/fold.ts';
import type { ChatRequest, Message } from '../model/request.ts';

/** A response as this wire says it, whoever answered. */
export function responseOf(reply: ChatReply, options: Omit<EncodeOptions, 'usage'>): JsonObject {
  const writer = openaiResponses.encodeReply('json', { ...options, usage: true });
  const bytes = [...unfold(reply).flatMap((event) => writer.push(event)), ...writer.end()];
  return JSON.parse(Buffer.concat(bytes).toString('utf8')) as JsonObject;
}

/** The items that a request asks with; its instructions are no part of them, and nobody goes on from those. */
export function itemsOf(request: ChatRequest): readonly JsonObject[] {
  const { bytes } = openaiResponses.encodeRequest(request, request.model);
  const { input } = JSON.parse(bytes.toString('utf8')) as JsonObject;
  if (typeof input === 'string') {
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
  }
  return Array.isArray(input) ? (input as unknown[]).filter(isObject) : [];
}

/** Items as messages. */
export function messagesOf(items: readonly unknown[]): readonly Message[] {
  const body = { model: 'any', input: items };
  const bytes = Buffer.from(JSON.stringify(body));
  return openaiResponses.readRequest({ dialect: 'openai-responses', bytes, body }).look().messages;
}

/** Strings that name things or are no words; whatever is found in them is no private value. */
const NAMES: ReadonlySet<string> = new Set([
  'call_id',
  'detail',
  'encrypted_content',
  'file_id',
  'id',
  'item_id',
  'model',
  'name',
  'object',
  'phase',
  'previous_response_id',
  'role',
  'service_tier',
  'status',
  'tool_choice',
  'truncation',
  'type',
]);

/** The same JSON with every text in it changed, save names and data. */
export function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return value.startsWith('data:') ? value : change(value);
  if (Array.isArray(value)) return value.map((one) => withTexts(one, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (NAMES.has(name)) return [name, inner];
      return [name, name === 'arguments' ? withTextsInside(inner, change) : withTexts(inner, change)];
    }),
  );
}

/** Arguments are JSON in a text, and must stay JSON. */
function withTextsInside(json: unknown, change: (text: string) => string): unknown {
  if (typeof json !== 'string') return json;
  try {
    return JSON.stringify(withTexts(JSON.parse(json), change));
  } catch {
    return change(json);
  }
}

import type { Wire } from '../../src/model/reply.ts';
import { bodiesOf, isObject, type Json, type JsonObject } from './independent.ts';
import type { Said } from './vendors.ts';

const FINISHES: Readonly<Record<string, string>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tools',
};

/**
 * Reads a reply of Cohere's as its reference tells, without any of our code: its SDK names no licence. Throws where a
 * client would. https://docs.cohere.com/reference/chat and https://docs.cohere.com/reference/chat-stream
 */
export function saidToCohere(form: Wire['form'], bytes: Buffer): Promise<Said> {
  const bodies = bodiesOf({ form, reply: bytes });
  const message = form === 'json' ? objectAt(bodies[0], 'message') : gathered(bodies);
  const end = form === 'json' ? bodies[0] : objectAt(bodies.at(-1), 'delta');
  const tokens = end?.['usage'] === undefined ? undefined : objectAt(objectAt(end, 'usage'), 'tokens');
  if (message['role'] !== 'assistant' || end?.['finish_reason'] === 'ERROR')
    return Promise.reject(new Error('No reply.'));
  return Promise.resolve({
    text: listAt(message, 'content')
      .map((part) => (part['type'] === 'text' ? textAt(part, 'text') : ''))
      .join(''),
    calls: listAt(message, 'tool_calls').map((call) => {
      const called = objectAt(call, 'function');
      return { name: textAt(called, 'name'), input: JSON.parse(textAt(called, 'arguments') || '{}') as unknown };
    }),
    finish: FINISHES[textAt(end ?? {}, 'finish_reason')] ?? 'other',
    inputTokens: tokens && numberAt(tokens, 'input_tokens') + numberAt(tokens, 'image_tokens'),
    outputTokens: tokens && numberAt(tokens, 'output_tokens'),
  });
}

/** Adds the events of a stream up to the message that they are of; throws on one that comes out of its turn. */
function gathered(events: readonly JsonObject[]): JsonObject {
  const content = new Map<Json | undefined, { type: Json; text: string }>();
  const calls = new Map<Json | undefined, { name: string; arguments: string }>();
  if (events[0]?.['type'] !== 'message-start' || events.at(-1)?.['type'] !== 'message-end')
    throw new Error('A stream begins with its start and ends with its end.');
  for (const { type, index, delta } of events.slice(1, -1)) {
    const said = isObject(delta) && isObject(delta['message']) ? delta['message'] : {};
    if (type === 'content-start') {
      const start = objectAt(said, 'content');
      content.set(index, { type: start['type'] ?? null, text: textAt(start, 'text') });
    } else if (type === 'content-delta') opened(content, index).text += textAt(objectAt(said, 'content'), 'text');
    else if (type === 'tool-call-start') {
      const called = objectAt(objectAt(said, 'tool_calls'), 'function');
      calls.set(index, { name: textAt(called, 'name'), arguments: textAt(called, 'arguments') });
    } else if (type === 'tool-call-delta')
      opened(calls, index).arguments += textAt(objectAt(objectAt(said, 'tool_calls'), 'function'), 'arguments');
  }
  const start = objectAt(objectAt(events[0], 'delta'), 'message');
  return {
    role: start['role'] ?? null,
    content: [...content.values()],
    tool_calls: [...calls.values()].map((call) => ({ function: call })),
  };
}

function opened<T>(open: ReadonlyMap<Json | undefined, T>, index: Json | undefined): T {
  const found = open.get(index);
  if (!found) throw new Error('A delta belongs to something that was begun.');
  return found;
}

function objectAt(object: JsonObject | undefined, name: string): JsonObject {
  const value = object?.[name];
  if (!isObject(value)) throw new Error(`There is no ${name}.`);
  return value;
}

function listAt(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textAt(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

function numberAt(object: JsonObject, name: string): number {
  const value = object[name];
  return typeof value === 'number' ? value : 0;
}

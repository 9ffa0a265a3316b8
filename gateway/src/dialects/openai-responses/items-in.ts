import type { Message, Part, ReasoningPart } from '../../model/request.ts';
import { DIALECT, extraOf, type Fields, isFields, objectsOf, textOf } from './fields.ts';
import { contentOf, partOf, TEXT_TYPES, withoutNulls } from './parts-in.ts';
import { proofOf } from './proof.ts';

/**
 * Reads the conversation. What the model said in a row (reasoning, words, calls) is one message in neutral words; the
 * first part of each item holds how the item was written.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 */
export function messagesOf(input: unknown): readonly Message[] {
  if (typeof input === 'string') {
    return [{ role: 'user', content: [{ type: 'text', text: input }], ...extraOf({}, { form: 'input' }) }];
  }
  const messages: Message[] = [];
  let said: Part[] | undefined;
  for (const item of Array.isArray(input) ? (input as readonly unknown[]) : []) {
    const message = otherMessage(item);
    if (message) {
      messages.push(message);
      said = undefined;
      continue;
    }
    if (!said) messages.push({ role: 'assistant', content: (said = []) });
    said.push(...modelParts(item));
  }
  return messages;
}

/** What people and tools said; `undefined` for what the model did. */
function otherMessage(item: unknown): Message | undefined {
  if (!isFields(item)) return undefined;
  const { type, role } = item;
  if (type === undefined || type === 'message') {
    return role === 'user' || role === 'system' || role === 'developer' ? plainMessage(role, item) : undefined;
  }
  return type === 'function_call_output' || type === 'custom_tool_call_output' ? resultMessage(item) : undefined;
}

function plainMessage(role: 'user' | 'system' | 'developer', item: Fields): Message {
  const { type, role: _role, content, ...rest } = withoutNulls(item);
  const spelling = { ...(type === undefined ? {} : { type }), ...(Array.isArray(content) ? { content: 'list' } : {}) };
  return { role, content: contentOf(content, TEXT_TYPES.others), ...extraOf({}, { ...spelling, item: rest }) };
}

function resultMessage(item: Fields): Message | undefined {
  const { type, call_id: callId, output, ...rest } = withoutNulls(item);
  if (typeof callId !== 'string' || (typeof output !== 'string' && !Array.isArray(output))) return undefined;
  const spelling = { type, item: rest, ...(Array.isArray(output) ? { output: 'list' } : {}) };
  const content = contentOf(output, TEXT_TYPES.others);
  return { role: 'tool', content: [{ type: 'tool-result', callId, content, ...extraOf({}, spelling) }] };
}

/** The parts of one item of the model's. One that isn't known stays whole, for the same dialect. */
function modelParts(item: unknown): readonly Part[] {
  if (!isFields(item)) return [wholeItem(item)];
  switch (item['type']) {
    case undefined:
    case 'message':
      return saidParts(item) ?? [wholeItem(item)];
    case 'reasoning':
      return reasoningParts(item) ?? [wholeItem(item)];
    case 'function_call':
      return [callPart(item, 'arguments') ?? wholeItem(item)];
    case 'custom_tool_call':
      return [callPart(item, 'input') ?? wholeItem(item)];
    default:
      return [wholeItem(item)];
  }
}

function wholeItem(value: unknown): Part {
  return { type: 'native', dialect: DIALECT, value, ...extraOf({}, { whole: true }) };
}

function saidParts(item: Fields): readonly Part[] | undefined {
  const { type, role, content, ...rest } = withoutNulls(item);
  if (role !== 'assistant') return undefined;
  const head = { item: rest, ...(type === undefined ? {} : { typed: true }) };
  if (typeof content === 'string') {
    return [{ type: 'text', text: content, ...extraOf({}, { ...head, form: 'string' }) }];
  }
  if (!Array.isArray(content) || content.length === 0) return undefined;
  return content.map((part, index) => partOf(part, TEXT_TYPES.assistant, index === 0 ? head : { more: true }));
}

function callPart(item: Fields, field: 'arguments' | 'input'): Part | undefined {
  const { type: _type, call_id: id, name, id: itemId, status, ...rest } = withoutNulls(item);
  const { [field]: input, ...others } = rest;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof input !== 'string') return undefined;
  const head = { ...(itemId === undefined ? {} : { id: itemId }), ...(status === undefined ? {} : { status }) };
  const freeform = field === 'input' ? { freeform: true } : {};
  return { type: 'tool-call', id, name, input, ...freeform, ...extraOf(others, { item: head }) };
}

/** A part for each text of a summary, and for each of the reasoning itself where a model says it. */
function reasoningParts(item: Fields): readonly ReasoningPart[] | undefined {
  const { type: _type, summary, content, encrypted_content: encrypted, ...rest } = withoutNulls(item);
  const summaries = textsOf(summary, 'summary_text');
  const texts = textsOf(content, 'reasoning_text');
  if (!summaries || !texts) return undefined;
  const proof = proofOf(encrypted);
  const own = encrypted === undefined || proof ? {} : { encrypted_content: encrypted };
  const lists = Array.isArray(content) ? { content: true } : {};
  const said = [
    ...summaries.map((text) => ({ text, kind: { kind: 'summary' } })),
    ...texts.map((text) => ({ text, kind: { kind: 'content' } })),
  ];
  const pieces = said.length > 0 ? said : [{ text: '', kind: { kind: 'none' } }];
  return pieces.map(({ text, kind }, index) => ({
    type: 'reasoning',
    text,
    ...(index === pieces.length - 1 ? proof : {}),
    ...extraOf(index === 0 ? own : {}, { ...kind, ...(index === 0 ? { item: rest, ...lists } : {}) }),
  }));
}

/** The texts of a list; `undefined` where anything else stands in it. */
function textsOf(list: unknown, type: string): readonly string[] | undefined {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return undefined;
  const texts = objectsOf(list).flatMap((one) => {
    const text = one['type'] === type && Object.keys(one).length === 2 ? textOf(one['text']) : undefined;
    return text === undefined ? [] : [text];
  });
  return texts.length === list.length ? texts : undefined;
}

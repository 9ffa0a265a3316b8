import type { Message, Part, ReasoningPart } from '../../model/request.ts';
import { isObject, type JsonDraft, type JsonObject, unknownFields } from '../json-object.ts';
import { readContent, readToolCall } from './decode-parts.ts';
import { ownExtra } from './extras.ts';
import { readSignedDetails } from './reasoning-details.ts';

const COMMON_FIELDS = ['role', 'content', 'name'];
const FIELDS = {
  plain: new Set(COMMON_FIELDS),
  assistant: new Set([...COMMON_FIELDS, 'tool_calls', 'refusal', 'audio', 'reasoning', 'reasoning_content']),
  tool: new Set([...COMMON_FIELDS, 'tool_call_id']),
} as const;

/** Reads one message. https://platform.openai.com/docs/api-reference/chat/create#chat_create-messages */
export function readMessage(wire: unknown): Message {
  if (!isObject(wire)) throw new TypeError('A checked message is an object.');
  switch (wire['role']) {
    case 'assistant':
      return assistantMessage(wire);
    case 'tool':
    case 'function':
      return toolMessage(wire);
    case 'system':
    case 'developer':
      return plainMessage(wire['role'], wire);
    default:
      return plainMessage('user', wire);
  }
}

function plainMessage(role: Message['role'], wire: JsonObject): Message {
  const spelling: JsonDraft = Array.isArray(wire['content']) ? { content: 'list' } : {};
  return {
    role,
    content: readContent(wire['content']),
    ...nameOf(wire),
    ...ownExtra(unknownFields(wire, FIELDS.plain), spelling),
  };
}

function assistantMessage(wire: JsonObject): Message {
  const { content, refusal, audio, tool_calls: calls } = wire;
  const fields = unknownFields(wire, FIELDS.assistant);
  const spelling: JsonDraft = {};
  if (Array.isArray(content)) spelling['content'] = 'list';
  else if (content === null) spelling['content'] = 'null';
  else if (content === undefined) spelling['content'] = 'absent';
  const parts: Part[] = [...reasoningParts(wire, spelling), ...readContent(content)];
  if (typeof refusal === 'string') parts.push({ type: 'refusal', text: refusal });
  if (isObject(audio) && typeof audio['id'] === 'string' && Object.keys(audio).length === 1) {
    parts.push({ type: 'audio', source: { kind: 'file-id', id: audio['id'] } });
  } else if (audio !== undefined && audio !== null) fields['audio'] = audio;
  if (Array.isArray(calls)) {
    if (calls.length === 0) spelling['tool_calls'] = 'empty';
    for (const call of calls as unknown[]) if (isObject(call)) parts.push(readToolCall(call));
  }
  return { role: 'assistant', content: parts, ...nameOf(wire), ...ownExtra(fields, spelling) };
}

/** Reasoning given back, in the field it was given in. */
function reasoningParts(wire: JsonObject, spelling: JsonDraft): readonly ReasoningPart[] {
  const said = (['reasoning_content', 'reasoning'] as const).filter((field) => typeof wire[field] === 'string');
  const text = said.map((field) => wire[field]).find((value) => typeof value === 'string');
  const signed = readSignedDetails(wire['reasoning_details']);
  if (said.length > 0) spelling['reasoning'] = said;
  if (signed) return signed;
  return typeof text === 'string' ? [{ type: 'reasoning', text }] : [];
}

/** `function` is the older role; its messages answer a call by name instead of by id. */
function toolMessage(wire: JsonObject): Message {
  const { content, role, name, tool_call_id: id } = wire;
  const spelling: JsonDraft = Array.isArray(content) ? { content: 'list' } : {};
  if (content === null) spelling['content'] = 'null';
  if (role === 'function') spelling['role'] = 'function';
  const callId = typeof id === 'string' ? id : typeof name === 'string' ? name : '';
  return {
    role: 'tool',
    content: [{ type: 'tool-result', callId, content: readContent(content) }],
    ...nameOf(wire),
    ...ownExtra(unknownFields(wire, FIELDS.tool), spelling),
  };
}

function nameOf(wire: JsonObject): { readonly name?: string } {
  return typeof wire['name'] === 'string' ? { name: wire['name'] } : {};
}

import type { Message, Part, ToolCallPart } from '../../model/request.ts';
import { CallIds } from '../call-ids.ts';
import { extraOf, type Fields, isEmpty, isFields, objectsOf, textOf } from './fields.ts';
import { imageParts } from './images.ts';

/** Reads the conversation. */
export function messagesOf(messages: unknown): readonly Message[] {
  const ids = new CallIds();
  return objectsOf(messages).map((message) => {
    if (message['role'] === 'assistant') return assistantMessage(message, ids);
    return message['role'] === 'tool' ? toolMessage(message, ids) : plainMessage(message);
  });
}

function plainMessage({ role, content, images, ...rest }: Fields): Message {
  return {
    role: role === 'system' ? 'system' : 'user',
    content: [...imageParts(images), ...textParts(content)],
    ...extraOf(rest, spellingIn({ content, images })),
  };
}

/** Pictures stand before the words, where the server puts them. */
function textParts(content: unknown): readonly Part[] {
  return typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : [];
}

/** How what may be left out was written. */
function spellingIn({ content, images, tool_calls: calls }: Fields): Fields {
  return {
    ...(content === undefined ? { content: 'absent' } : {}),
    ...(Array.isArray(images) && images.length === 0 ? { images: 'empty' } : {}),
    ...(Array.isArray(calls) && calls.length === 0 ? { tool_calls: 'empty' } : {}),
  };
}

function assistantMessage(message: Fields, ids: CallIds): Message {
  const { role: _role, content, thinking, images, tool_calls: calls, ...rest } = message;
  const isThought = typeof thinking === 'string';
  return {
    role: 'assistant',
    content: [
      ...(isThought ? [{ type: 'reasoning', text: thinking } as const] : []),
      ...imageParts(images),
      ...textParts(content),
      ...objectsOf(calls).map((call) => callPart(call, ids)),
    ],
    ...extraOf(
      { ...rest, ...(isThought || thinking === undefined ? {} : { thinking }) },
      spellingIn({ content, images, tool_calls: calls }),
    ),
  };
}

function callPart({ id, function: called, ...rest }: Fields, ids: CallIds): ToolCallPart {
  const { name: said, arguments: input, ...inside } = isFields(called) ? called : {};
  const name = textOf(said) ?? '';
  const fields = { ...rest, ...(isEmpty(inside) ? {} : { function: inside }) };
  return {
    type: 'tool-call',
    id: ids.called(name, textOf(id)),
    name,
    input: textOf(input) ?? JSON.stringify(input ?? {}),
    ...extraOf(fields, id === undefined ? { id: 'none' } : {}),
  };
}

/** A result says the name of its tool, and on newer servers the call that it belongs to. */
function toolMessage(message: Fields, ids: CallIds): Message {
  const { role: _role, content, images, tool_name: name, tool_call_id: id, ...rest } = message;
  const result: Part = {
    type: 'tool-result',
    callId: ids.answered(textOf(name), textOf(id)),
    content: [...imageParts(images), ...textParts(content)],
    ...extraOf({}, { ...(id === undefined ? { id: 'none' } : {}), ...(name === undefined ? { name: 'none' } : {}) }),
  };
  return { role: 'tool', content: [result], ...extraOf(rest, spellingIn({ content, images })) };
}

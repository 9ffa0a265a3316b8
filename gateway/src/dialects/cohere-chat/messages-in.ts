import type { Citation, Message, Part } from '../../model/request.ts';
import { PLAN } from './block-in.ts';
import { citationOf, isOfText } from './citations.ts';
import { documentPart } from './documents.ts';
import { extraOf, type Fields, numberOf, objectsOf, textOf } from './fields.ts';
import { callPart, contentSpelling, partsOf } from './parts-in.ts';

/** Reads the conversation. */
export function messagesOf(messages: unknown): readonly Message[] {
  return objectsOf(messages).map((message) => {
    if (message['role'] === 'assistant') return assistantMessage(message);
    return message['role'] === 'tool' ? toolMessage(message) : plainMessage(message);
  });
}

/** The conversation with the documents as files of its last question; `undefined` where there is no place for them. */
export function withDocuments(messages: readonly Message[], documents: unknown): readonly Message[] | undefined {
  if (!Array.isArray(documents)) return undefined;
  const files = (documents as readonly unknown[]).flatMap((document) => documentPart(document) ?? []);
  const at = messages.findLastIndex(({ role }) => role === 'user');
  if (files.length === 0 || files.length < documents.length || at === -1) return undefined;
  return messages.map((message, index) =>
    index === at ? { ...message, content: [...files, ...message.content] } : message,
  );
}

function plainMessage({ role, content, ...rest }: Fields): Message {
  return {
    role: role === 'system' ? 'system' : 'user',
    content: partsOf(content),
    ...extraOf(rest, contentSpelling(content)),
  };
}

function toolMessage({ role: _role, content, tool_call_id: callId, ...rest }: Fields): Message {
  const result: Part = { type: 'tool-result', callId: textOf(callId) ?? '', content: partsOf(content) };
  return { role: 'tool', content: [result], ...extraOf(rest, contentSpelling(content)) };
}

function assistantMessage({ role: _role, content, tool_plan: plan, tool_calls: calls, ...rest }: Fields): Message {
  const { citations, ...others } = rest;
  const cited = withCitations(partsOf(content), objectsOf(citations));
  const isPlanned = typeof plan === 'string';
  const isCalled = Array.isArray(calls);
  const fields = {
    ...others,
    ...(cited.left.length > 0 ? { citations: cited.left } : {}),
    ...(isPlanned || plan === undefined ? {} : { tool_plan: plan }),
    ...(isCalled || calls === undefined ? {} : { tool_calls: calls }),
  };
  const empty = {
    ...(Array.isArray(citations) && citations.length === 0 ? { citations: 'empty' } : {}),
    ...(isCalled && calls.length === 0 ? { tool_calls: 'empty' } : {}),
  };
  const absent = content === undefined ? { content: 'absent' } : {};
  return {
    role: 'assistant',
    content: [
      ...(isPlanned ? [{ type: 'reasoning', text: plan, ...extraOf({}, PLAN) } as const] : []),
      ...cited.parts,
      ...objectsOf(calls).map(callPart),
    ],
    ...extraOf(fields, { ...contentSpelling(content), ...absent, ...empty }),
  };
}

/** Citations say in which part of the content they are; where they don't, it is the last text. */
function withCitations(
  parts: readonly Part[],
  citations: readonly Fields[],
): { readonly parts: readonly Part[]; readonly left: readonly Fields[] } {
  const last = parts.findLastIndex(({ type }) => type === 'text');
  const places = citations.map((citation) => {
    const said = numberOf(citation['content_index']);
    const at = said !== undefined && parts[said]?.type === 'text' ? said : last;
    return isOfText(citation) ? at : -1;
  });
  const of = (index: number): readonly Citation[] =>
    citations.filter((_, one) => places[one] === index).map(citationOf);
  return {
    parts: parts.map((part, index) => {
      const own = of(index);
      return part.type === 'text' && own.length > 0 ? { ...part, citations: own } : part;
    }),
    left: citations.filter((_, one) => places[one] === -1),
  };
}

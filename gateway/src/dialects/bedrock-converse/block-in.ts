import type { BlockStart, ReplyEvent } from '../../model/reply.ts';
import { citationOf } from './citations.ts';
import { DIALECT, extraOf, type Fields, isFields, objectsOf, onlyField, textOf } from './fields.ts';

/** Where a block stands; the wire has room for one answer. */
export interface At {
  readonly choice: 0;
  readonly block: number;
}

/** The kind of tool call that the provider answers itself. */
const SERVER_TOOL_USE = 'server_tool_use';

/** A whole block of an answer as events. A kind or a shape that isn't known stays whole, for the same dialect. */
export function blockEvents(content: Fields, at: At): readonly ReplyEvent[] {
  const { start, inside } = known(content, at) ?? {
    start: { kind: 'native', dialect: DIALECT, value: content } as const,
    inside: [],
  };
  return [{ type: 'block-start', ...at, start }, ...inside, { type: 'block-end', ...at }];
}

interface Read {
  readonly start: BlockStart;
  readonly inside: readonly ReplyEvent[];
}

function known(content: Fields, at: At): Read | undefined {
  const [kind, value] = onlyField(content) ?? [];
  if (kind === 'text' && typeof value === 'string') return textRead(value, [], at);
  if (!isFields(value)) return undefined;
  if (kind === 'reasoningContent') return reasoningRead(value, at);
  if (kind === 'citationsContent') return citedRead(value, at);
  const start = kind === 'toolUse' ? callStart(value) : undefined;
  if (!start) return undefined;
  return { start, inside: [{ type: 'tool-input-delta', ...at, json: JSON.stringify(value['input'] ?? {}) }] };
}

/** What begins a tool call; `undefined` for those that the provider answers itself. */
export function callStart({ toolUseId, name, input: _input, ...rest }: Fields): BlockStart | undefined {
  if (typeof toolUseId !== 'string' || typeof name !== 'string' || rest['type'] === SERVER_TOOL_USE) return undefined;
  return { kind: 'tool-call', id: toolUseId, name, ...extraOf(rest) };
}

function textRead(text: string, citations: readonly Fields[], at: At): Read {
  const cited = citations.map((one) => ({ type: 'citation', ...at, citation: citationOf(one) }) as const);
  const said = text === '' ? [] : [{ type: 'text-delta', ...at, text } as const];
  return { start: { kind: 'text' }, inside: [...said, ...cited] };
}

function citedRead({ content, citations }: Fields, at: At): Read {
  const text = objectsOf(content).flatMap((one) => textOf(one['text']) ?? []);
  return textRead(text.join(''), objectsOf(citations), at);
}

function reasoningRead({ reasoningText, redactedContent }: Fields, at: At): Read | undefined {
  if (typeof redactedContent === 'string') {
    return { start: { kind: 'redacted-reasoning', data: redactedContent }, inside: [] };
  }
  if (!isFields(reasoningText)) return undefined;
  const { text, signature } = reasoningText;
  return {
    start: { kind: 'reasoning' },
    inside: [
      ...(typeof text === 'string' ? [{ type: 'reasoning-delta', ...at, text } as const] : []),
      ...(typeof signature === 'string' ? [{ type: 'signature-delta', ...at, signature } as const] : []),
    ],
  };
}

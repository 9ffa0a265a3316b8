import type { Message, Part, ToolResultPart } from '../../model/request.ts';
import type { JsonDraft, JsonObject } from '../json-object.ts';
import type { Losses } from '../openai-losses.ts';
import { writePart, writeToolCall } from './encode-parts.ts';
import { ownFieldsOf, spellingOf } from './extras.ts';

/**
 * Writes one message as the messages it takes: other dialects mix tool results into a user's words, here each result is
 * a message of its own and has to follow the calls at once.
 */
export function writeMessage(message: Message, losses: Losses): readonly JsonObject[] {
  if (message.role === 'assistant') return [assistantWire(message, losses)];
  const results = message.content.filter((part): part is ToolResultPart => part.type === 'tool-result');
  if (results.length === 0) return [plainWire(message, losses)];
  const others = message.content.filter((part) => part.type !== 'tool-result');
  const moved: Part[] = [];
  const written = results.map((result) => resultWire(message, result, { losses, moved }));
  const rest = [...moved, ...others];
  if (rest.length === 0) return written;
  return [...written, { role: 'user', content: contentWire(rest, undefined, losses) }];
}

function plainWire(message: Message, losses: Losses): JsonObject {
  const { role, content, extra } = message;
  return {
    ...ownFieldsOf(extra, losses),
    role,
    content: contentWire(content, spellingOf(extra)['content'], losses),
    ...nameOf(message),
  };
}

/** One text is a string unless the caller wrote a list; all else is a list. */
function contentWire(content: readonly Part[], form: unknown, losses: Losses): unknown {
  const parts = content.flatMap((part) => writePart(part, losses));
  if (form === 'list') return parts;
  if (parts.length === 0) return form === 'null' ? null : '';
  const [only] = parts;
  const isPlain = parts.length === 1 && only?.['type'] === 'text' && Object.keys(only).length === 2;
  return isPlain ? only['text'] : parts;
}

interface Moving {
  readonly losses: Losses;
  /** Pictures and files in a result, which officially can't stand there; they go into the user message that follows. */
  readonly moved: Part[];
}

function resultWire(message: Message, result: ToolResultPart, { losses, moved }: Moving): JsonObject {
  const { extra } = message;
  const spelling = spellingOf(extra);
  if (result.isError) losses.hint('is_error');
  if (result.cacheHint) losses.hint('cache_control');
  ownFieldsOf(result.extra, losses);
  const isOwn = spelling['content'] === 'list';
  const said = isOwn ? result.content : result.content.filter(({ type }) => type === 'text');
  if (!isOwn) moved.push(...result.content.filter(({ type }) => type !== 'text'));
  const own = message.content.length === 1 ? ownFieldsOf(extra, losses) : {};
  const content = contentWire(said, spelling['content'], losses);
  if (spelling['role'] === 'function') return { ...own, role: 'function', content, ...nameOf(message) };
  return { ...own, role: 'tool', tool_call_id: result.callId, content, ...nameOf(message) };
}

function assistantWire(message: Message, losses: Losses): JsonObject {
  const { content, extra } = message;
  const spelling = spellingOf(extra);
  const wire: JsonDraft = { ...ownFieldsOf(extra, losses), role: 'assistant', ...nameOf(message) };
  const inContent: Part[] = [];
  const reasoning: string[] = [];
  const calls: JsonObject[] = [];
  for (const part of content) {
    if (part.type === 'tool-call') calls.push(writeToolCall(part, losses));
    else if (part.type === 'refusal' && !isInContent(part)) wire['refusal'] = part.text;
    else if (part.type === 'reasoning' && !isInContent(part)) reasoning.push(part.text);
    else if (part.type === 'audio' && part.source.kind === 'file-id') wire['audio'] = { id: part.source.id };
    else inContent.push(part);
  }
  if (inContent.length > 0) wire['content'] = contentWire(inContent, spelling['content'], losses);
  else if (spelling['content'] !== 'absent') wire['content'] = emptyContent(spelling['content'], wire, calls);
  if (calls.length > 0 || spelling['tool_calls'] === 'empty') wire['tool_calls'] = calls;
  writeReasoningText(wire, reasoning, { spelling, losses });
  return wire;
}

function isInContent(part: Part): boolean {
  return spellingOf(part.extra)['inContent'] !== undefined;
}

function emptyContent(form: unknown, wire: JsonObject, calls: readonly unknown[]): unknown {
  if (form === 'list') return [];
  return form === 'null' || calls.length > 0 || wire['refusal'] !== undefined || wire['audio'] !== undefined
    ? null
    : '';
}

/** Reasoning goes back in the fields it came in. Anyone else's is left out: most hosts refuse the field or ignore it. */
function writeReasoningText(
  wire: JsonDraft,
  texts: readonly string[],
  { spelling, losses }: { readonly spelling: JsonObject; readonly losses: Losses },
): void {
  if (texts.length === 0) return;
  const fields = spelling['reasoning'];
  if (Array.isArray(fields)) for (const field of fields as string[]) wire[field] = texts.join('');
  else if (wire['reasoning_details'] === undefined) losses.hint('thinking');
}

function nameOf({ name }: Message): JsonObject {
  return name === undefined ? {} : { name };
}

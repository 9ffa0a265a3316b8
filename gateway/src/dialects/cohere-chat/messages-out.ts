import type { FilePart, Message, Part, ToolResultPart } from '../../model/request.ts';
import { isPlan } from './block-out.ts';
import { citationOut } from './citations.ts';
import { documentOut } from './documents.ts';
import { type Fields, objectsOf, ownFields, present, spellingOf } from './fields.ts';
import { callPartOut, partsOut, type Writing } from './parts-out.ts';

/** A conversation, and the documents that stand beside it. */
export interface Conversation {
  readonly messages: readonly Fields[];
  readonly documents: readonly unknown[];
}

/** Writes the conversation. Other dialects' instructions go to the front, where this one wants them. */
export function conversationOut(list: readonly Message[], writing: Writing): Conversation {
  const documents: unknown[] = [];
  const written = list.map((message, index): readonly Fields[] => {
    const at = `messages[${index}]`;
    if (message.name !== undefined) writing.losses.hint(`${at}.name`);
    writing.losses.foreign(message.extra, at);
    if (message.role === 'assistant') return assistantOut(message, at, writing);
    const { said, beside } = withoutDocuments(message, at, writing);
    documents.push(...beside);
    return otherOut(said, at, writing);
  });
  return { messages: writing.own ? written.flat() : inOrder(list, written), documents };
}

/** A conversation of nothing but instructions is said as the user's. */
function inOrder(list: readonly Message[], written: readonly (readonly Fields[])[]): readonly Fields[] {
  const isSystem = (_: unknown, index: number): boolean => isInstruction(list[index]);
  const system = written.filter(isSystem).flat();
  const rest = written.filter((one, index) => !isSystem(one, index)).flat();
  if (system.length === 0) return rest;
  const content = system.length === 1 ? system[0]?.['content'] : system.flatMap(contentOf);
  return rest.length === 0 ? [{ role: 'user', content }] : [{ role: 'system', content }, ...rest];
}

function contentOf({ content }: Fields): readonly unknown[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}

function isInstruction(message: Message | undefined): boolean {
  return message?.role === 'system' || message?.role === 'developer';
}

/** Files of text are documents, which stand beside the conversation. */
function withoutDocuments(
  message: Message,
  at: string,
  { losses }: Writing,
): { readonly said: Message; readonly beside: readonly unknown[] } {
  const beside: unknown[] = [];
  const content = message.content.filter((part, index) => {
    const document = part.type === 'file' ? documentOut(part) : undefined;
    if (document === undefined) return true;
    noteLost(part as FilePart, `${at}.content[${index}]`, losses);
    beside.push(document);
    return false;
  });
  return { said: beside.length > 0 ? { ...message, content } : message, beside };
}

function noteLost({ citable, cacheHint, extra }: FilePart, at: string, losses: Writing['losses']): void {
  losses.foreign(extra, at);
  if (citable === false) losses.hint(`${at}.citations`);
  if (cacheHint) losses.hint(`${at}.cache_control`);
}

/** Other dialects mix results of tools into a user's words; here each of them is a message of its own. */
function otherOut(message: Message, at: string, writing: Writing): readonly Fields[] {
  const { role, content, extra } = message;
  const results = content.filter((part): part is ToolResultPart => part.type === 'tool-result');
  const moved: Part[] = [];
  const answers = results.map((result) => resultOut(message, result, { at, moved, writing }));
  const words = [...moved, ...content.filter(({ type }) => type !== 'tool-result')];
  const parts = partsOut(words, at, writing);
  if (parts.length === 0 && (answers.length > 0 || !writing.own)) return answers;
  const wire = {
    ...(answers.length > 0 ? {} : ownFields(extra)),
    role: role === 'developer' || role === 'system' ? 'system' : 'user',
    content: contentOut(parts, message),
  };
  return [...answers, wire];
}

interface Moving {
  readonly at: string;
  /** Pictures in a result, which can't stand there; they go into the user's message that follows. */
  readonly moved: Part[];
  readonly writing: Writing;
}

function resultOut(message: Message, result: ToolResultPart, { at, moved, writing }: Moving): Fields {
  const { losses, own } = writing;
  losses.foreign(result.extra, at);
  if (result.isError) losses.hint('is_error');
  if (result.cacheHint) losses.hint('cache_control');
  const isText = (part: Part): boolean => own || part.type === 'text' || part.type === 'refusal';
  const inside = result.content.flatMap((part): readonly Fields[] => {
    const document = part.type === 'file' ? documentOut(part) : undefined;
    if (document !== undefined) return [{ type: 'document', document }];
    if (isText(part)) return partsOut([part], at, writing);
    moved.push(part);
    return [];
  });
  const rest = message.content.length === 1 ? ownFields(message.extra) : {};
  return { ...rest, role: 'tool', tool_call_id: result.callId, content: contentOut(inside, message) };
}

/** One text is said as a text unless the caller wrote a list; all else is a list. */
function contentOut(parts: readonly Fields[], { extra }: Message): unknown {
  if (spellingOf(extra)['content'] === 'list') return parts;
  const [only, second] = parts;
  if (!only) return '';
  const isPlain = second === undefined && only['type'] === 'text' && Object.keys(only).length === 2;
  return isPlain ? only['text'] : parts;
}

function assistantOut(message: Message, at: string, writing: Writing): readonly Fields[] {
  const { extra } = message;
  const spelling = spellingOf(extra);
  const own = ownFields(extra);
  const plans = message.content.flatMap((part) => (isPlanned(part) ? part.text : []));
  const calls = message.content.flatMap((part) => (part.type === 'tool-call' ? callPartOut(part, writing) : []));
  noteCalls(message.content, at, writing);
  const words = message.content.filter((part) => part.type !== 'tool-call' && !isPlanned(part));
  const parts = partsOut(words, at, writing);
  const cited = words.flatMap((part) => (part.type === 'text' ? (part.citations ?? []).map(citationOut) : []));
  const citations = [...objectsOf(own?.['citations']), ...cited];
  if (!writing.own && parts.length === 0 && calls.length === 0 && plans.length === 0) return [];
  const isSilent = parts.length === 0 && (calls.length > 0 || plans.length > 0 || spelling['content'] === 'absent');
  return [
    present({
      ...own,
      role: 'assistant',
      content: isSilent ? silence(spelling) : contentOut(parts, message),
      tool_plan: plans.length > 0 ? plans.join('') : own?.['tool_plan'],
      tool_calls: calls.length > 0 ? calls : (own?.['tool_calls'] ?? emptyList(spelling['tool_calls'])),
      citations: citations.length > 0 ? citations : emptyList(spelling['citations']),
    }),
  ];
}

function isPlanned(part: Part): part is Extract<Part, { type: 'reasoning' }> {
  return part.type === 'reasoning' && isPlan({ kind: 'reasoning', ...present({ extra: part.extra }) });
}

function noteCalls(parts: readonly Part[], at: string, { losses }: Writing): void {
  parts.forEach((part, index) => {
    if (part.type !== 'tool-call') return;
    losses.foreign(part.extra, `${at}.content[${index}]`);
    if (part.cacheHint) losses.hint(`${at}.content[${index}].cache_control`);
  });
}

function silence({ content }: Fields): unknown {
  if (content === 'null') return null;
  return content === 'list' ? [] : undefined;
}

function emptyList(spelling: unknown): readonly unknown[] | undefined {
  return spelling === 'empty' ? [] : undefined;
}

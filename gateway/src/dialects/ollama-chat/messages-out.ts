import type { Message, Part, ToolResultPart } from '../../model/request.ts';
import { callOut } from './call-out.ts';
import { DIALECT, type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import { imageOut } from './images.ts';
import type { Losses } from './losses.ts';

/** What is the same for all messages of a request. */
interface Writing {
  readonly losses: Losses;
  /** Whether the request came in this dialect. */
  readonly own: boolean;
  /** The names of all called tools, by the id of the call. */
  readonly names: ReadonlyMap<string, string>;
}

/** Writes the conversation. */
export function messagesOut(list: readonly Message[], losses: Losses, own: boolean): readonly Fields[] {
  const calls = list.flatMap(({ content }) => content.filter((part) => part.type === 'tool-call'));
  const names = new Map(calls.map(({ id, name }) => [id, name]));
  const writing = { losses, own, names };
  return list.flatMap((message, index) => {
    const at = `messages[${index}]`;
    if (message.name !== undefined) losses.hint(`${at}.name`);
    losses.foreign(message.extra, at);
    return message.role === 'assistant' ? assistantOut(message, at, writing) : otherOut(message, at, writing);
  });
}

/** Other dialects mix results of tools into a user’s words; here each of them is a message of its own. */
function otherOut(message: Message, at: string, writing: Writing): readonly Fields[] {
  const { role, content, extra } = message;
  const results = content.flatMap((part, index) =>
    part.type === 'tool-result' ? [resultOut(message, part, `${at}.content[${index}]`, writing)] : [],
  );
  const hasWords = content.some(({ type }) => type !== 'tool-result');
  if (!hasWords && (results.length > 0 || !writing.own)) return results;
  const isInstruction = role === 'system' || role === 'developer';
  const said = saidOut(content, at, writing, '\n\n');
  return [
    ...results,
    present({ ...ownFields(extra), role: isInstruction ? 'system' : 'user', ...inSpelling(said, spellingOf(extra)) }),
  ];
}

interface Said {
  readonly content: string;
  readonly images: readonly string[];
}

/** The words and pictures of a message; what else there is has no place in it. */
function saidOut(parts: readonly Part[], at: string, writing: Writing, between: string): Said {
  const texts: string[] = [];
  const images: string[] = [];
  parts.forEach((part, index) => {
    const where = `${at}.content[${index}]`;
    if (part.type === 'tool-call' || part.type === 'tool-result' || part.type === 'reasoning') return;
    noteRefinements(part, where, writing.losses);
    const image = pictureOut(part);
    const words = wordsOut(part);
    if (words) texts.push(...words);
    else if (image === undefined) writing.losses.parameter(where);
    else images.push(image);
  });
  return { content: texts.filter((text) => text !== '').join(between), images };
}

/** The words of a part; `undefined` for what has none. Documents of text are words like any other. */
function wordsOut(part: Part): readonly string[] | undefined {
  if (part.type === 'text' || part.type === 'refusal') return [part.text];
  if (part.type !== 'file') return undefined;
  const { source, context = '' } = part;
  if (source.kind === 'text') return [context, source.text];
  const isText = source.kind === 'data' && source.mediaType.startsWith('text/');
  return isText ? [context, Buffer.from(source.data, 'base64').toString('utf8')] : undefined;
}

function pictureOut(part: Part): string | undefined {
  if (part.type === 'image' || part.type === 'file') return imageOut(part);
  const isOwn = part.type === 'native' && part.dialect === DIALECT && isFields(part.value);
  const image = isOwn ? (part.value as Fields)['image'] : undefined;
  return typeof image === 'string' ? image : undefined;
}

function noteRefinements(part: Part, where: string, losses: Losses): void {
  losses.foreign(part.extra, where);
  if (part.cacheHint) losses.hint(`${where}.cache_control`);
  if (part.type === 'file' && part.citable) losses.hint(`${where}.citations`);
  if (part.type === 'file' && part.name !== undefined) losses.hint(`${where}.title`);
  if (part.type === 'text' && part.citations && part.citations.length > 0) losses.hint(`${where}.citations`);
  if (part.type === 'image' && part.detail !== undefined && part.detail !== 'auto') losses.hint(`${where}.detail`);
}

function inSpelling({ content, images }: Said, spelling: Fields): Fields {
  const isSilent = content === '' && spelling['content'] === 'absent';
  return {
    content: isSilent ? undefined : content,
    images: images.length > 0 || spelling['images'] === 'empty' ? images : undefined,
  };
}

function resultOut(message: Message, result: ToolResultPart, at: string, writing: Writing): Fields {
  const { callId, content, isError, extra, cacheHint } = result;
  const { losses, names } = writing;
  losses.foreign(extra, at);
  if (cacheHint) losses.hint(`${at}.cache_control`);
  if (isError) losses.hint(`${at}.is_error`);
  const spelling = spellingOf(extra);
  const rest = message.content.length === 1 ? ownFields(message.extra) : {};
  return present({
    ...rest,
    role: 'tool',
    ...inSpelling(saidOut(content, at, writing, '\n'), spellingOf(message.extra)),
    tool_name: spelling['name'] === 'none' ? undefined : names.get(callId),
    tool_call_id: spelling['id'] === 'none' ? undefined : callId,
  });
}

function assistantOut(message: Message, at: string, writing: Writing): readonly Fields[] {
  const { content: parts, extra } = message;
  const spelling = spellingOf(extra);
  const said = saidOut(parts, at, writing, '');
  const thoughts = parts.flatMap((part, index) => thoughtOut(part, `${at}.content[${index}]`, writing));
  const calls = parts.flatMap((part, index) => {
    if (part.type !== 'tool-call') return [];
    noteRefinements(part, `${at}.content[${index}]`, writing.losses);
    return [callOut(part)];
  });
  const isEmpty = said.content === '' && said.images.length === 0 && calls.length === 0 && thoughts.length === 0;
  if (isEmpty && !writing.own) return [];
  return [
    present({
      ...ownFields(extra),
      role: 'assistant',
      ...inSpelling(said, spelling),
      thinking: thoughts.length > 0 ? thoughts.join('') : ownFields(extra)?.['thinking'],
      tool_calls: calls.length > 0 || spelling['tool_calls'] === 'empty' ? calls : undefined,
    }),
  ];
}

/** Only who encrypted a thought can read it. */
function thoughtOut(part: Part, at: string, { losses, own }: Writing): readonly string[] {
  if (part.type !== 'reasoning') return [];
  if (part.text !== '' || own) return [part.text];
  losses.hint(at);
  return [];
}

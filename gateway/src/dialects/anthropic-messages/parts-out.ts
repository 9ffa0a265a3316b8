import type { Extra, FilePart, MediaSource, Part, ToolResultPart } from '../../model/request.ts';
import { cacheControlOf } from './cache-control.ts';
import { citationParam } from './citations.ts';
import { DIALECT, type Fields, ownFields, present, spellingOf } from './fields.ts';
import type { Losses } from './losses.ts';
import { inputObject } from './tools.ts';

/** Where a part stands and where its losses are noted. */
export interface Writing {
  /** The part as the caller knows it, e.g. `messages[0].content[1]`. */
  readonly at: string;
  readonly losses: Losses;
}

/** Writes one part as a content block; `undefined` where there is nothing to say, or no word for it. */
export function blockOf(part: Part, writing: Writing): unknown {
  if (part.type === 'native') return part.dialect === DIALECT ? part.value : lost(writing);
  const block = bareBlock(part, writing);
  if (!block) return undefined;
  writing.losses.foreign(part.extra, writing.at);
  return present({ ...ownFields(part.extra), ...block, ...present({ cache_control: cacheControlOf(part.cacheHint) }) });
}

function bareBlock(part: Exclude<Part, { type: 'native' }>, writing: Writing): Fields | undefined {
  switch (part.type) {
    case 'text':
      return textBlock(part.text, part.citations?.map(citationParam), writing);
    case 'refusal':
      return textBlock(part.text, undefined, writing);
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') writing.losses.hint(`${writing.at}.image_url.detail`);
      return { type: 'image', source: sourceOut(part.source) };
    case 'file':
      return documentBlock(part, writing);
    case 'tool-call':
      return { type: 'tool_use', id: idOut(part.id), name: part.name, input: inputObject(part.input, part.freeform) };
    case 'tool-result':
      return toolResultBlock(part, writing);
    case 'reasoning':
      if (part.redacted !== undefined) return { type: 'redacted_thinking', data: part.redacted };
      if (part.signature !== undefined) return { type: 'thinking', thinking: part.text, signature: part.signature };
      // The provider refuses thinking that it can't prove to be its model's own.
      writing.losses.hint(writing.at);
      return undefined;
    case 'audio':
      return lost(writing);
  }
}

function lost({ at, losses }: Writing): undefined {
  losses.parameter(at);
  return undefined;
}

/** Empty text blocks are refused by the provider. */
function textBlock(
  text: string,
  citations: readonly (Fields | undefined)[] | undefined,
  { at, losses }: Writing,
): Fields | undefined {
  if (text === '') return undefined;
  const own = citations?.filter((citation) => citation !== undefined);
  if (citations && own && own.length < citations.length) losses.hint(`${at}.citations`);
  return present({
    type: 'text',
    text,
    citations: own && (own.length > 0 || citations?.length === 0) ? own : undefined,
  });
}

function sourceOut(source: MediaSource): Fields {
  switch (source.kind) {
    case 'data':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file-id':
      return { type: 'file', file_id: source.id };
  }
}

/** Documents are PDF or plain text; pictures sent as files are pictures here. */
function documentBlock(part: FilePart, writing: Writing): Fields | undefined {
  const { source } = part;
  if (source.kind === 'data' && source.mediaType.startsWith('image/'))
    return { type: 'image', source: sourceOut(source) };
  const wire = documentSource(source);
  if (!wire) return lost(writing);
  return present({
    type: 'document',
    source: wire,
    title: part.name,
    context: part.context,
    citations: part.citable === undefined ? undefined : { enabled: part.citable },
  });
}

function documentSource(source: FilePart['source']): Fields | undefined {
  if (source.kind === 'text') return plainText(source.text);
  if (source.kind === 'data' && source.mediaType.startsWith('text/')) {
    return plainText(Buffer.from(source.data, 'base64').toString('utf8'));
  }
  return source.kind === 'data' && source.mediaType !== 'application/pdf' ? undefined : sourceOut(source);
}

function plainText(data: string): Fields {
  return { type: 'text', media_type: 'text/plain', data };
}

function toolResultBlock(part: ToolResultPart, { at, losses }: Writing): Fields {
  const content = blocksOf(part.content, at, losses);
  return present({
    type: 'tool_result',
    tool_use_id: idOut(part.callId),
    content: content.length === 0 ? undefined : contentOut(content, part.extra),
    is_error: part.isError,
  });
}

/** Writes several parts. */
export function blocksOf(parts: readonly Part[], at: string, losses: Losses): readonly unknown[] {
  return parts
    .map((part, index) => blockOf(part, { at: `${at}.content[${index}]`, losses }))
    .filter((block) => block !== undefined);
}

/** One plain text block, and nothing else, is said as a string, unless the caller wrote it as a block. */
export function contentOut(blocks: readonly unknown[], extra: Extra | undefined): unknown {
  const [only, second] = blocks as readonly Fields[];
  const isPlain = only?.['type'] === 'text' && second === undefined && Object.keys(only).length === 2;
  return isPlain && spellingOf(extra)['content'] !== 'blocks' ? only['text'] : blocks;
}

/** The wire takes letters, digits, `_` and `-` in ids of tool calls; some models use more. */
function idOut(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
}

import type { FilePart, ImagePart, Part, ToolCallPart } from '../../model/request.ts';
import { freeformInput } from './block-out.ts';
import { resultDocumentOut } from './documents.ts';
import { DIALECT, type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import type { Losses } from './losses.ts';

/** What is the same for all parts of a request. */
export interface Writing {
  readonly losses: Losses;
  /** Whether the request came in this dialect. */
  readonly own: boolean;
}

/** Writes the parts of one message; those without anything to say, or without a word for it, are left out. */
export function partsOut(parts: readonly Part[], at: string, writing: Writing): readonly Fields[] {
  return parts.flatMap((part, index): readonly Fields[] => {
    const wire = partOut(part, `${at}.content[${index}]`, writing);
    return wire ? [wire] : [];
  });
}

function partOut(part: Part, at: string, writing: Writing): Fields | undefined {
  if (part.type === 'native') return part.dialect === DIALECT && isFields(part.value) ? part.value : lost(at, writing);
  writing.losses.foreign(part.extra, at);
  if (part.cacheHint) writing.losses.hint(`${at}.cache_control`);
  switch (part.type) {
    case 'text':
      return resultDocumentOut(part) ?? textOut(part, writing);
    case 'refusal':
      return textOut(part, writing);
    case 'reasoning':
      return thinkingOut(part, at, writing);
    case 'image':
    case 'file':
      return imageOut(part) ?? lost(at, writing);
    case 'audio':
    case 'tool-call':
    case 'tool-result':
      return lost(at, writing);
  }
}

function lost(at: string, { losses }: Writing): undefined {
  losses.parameter(at);
  return undefined;
}

/** Texts of nothing are refused; what came in this dialect is for the provider to judge. */
function textOut({ text, extra }: Pick<Extract<Part, { type: 'text' }>, 'text' | 'extra'>, { own }: Writing) {
  return text === '' && !own ? undefined : { ...ownFields(extra), type: 'text', text };
}

/** Only who encrypted a thought can read it. */
function thinkingOut(part: Extract<Part, { type: 'reasoning' }>, at: string, { own, losses }: Writing) {
  if (part.text !== '' || own) return { ...ownFields(part.extra), type: 'thinking', thinking: part.text };
  losses.hint(at);
  return undefined;
}

function imageOut(part: ImagePart | FilePart): Fields | undefined {
  const { source, extra } = part;
  const isPicture = part.type === 'image' || (source.kind === 'data' && source.mediaType.startsWith('image/'));
  const url = isPicture ? urlOf(source) : undefined;
  const detail = part.type === 'image' ? part.detail : undefined;
  return url === undefined
    ? undefined
    : { type: 'image_url', image_url: present({ ...ownFields(extra), url, detail }) };
}

function urlOf(source: FilePart['source']): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'data' ? `data:${source.mediaType};base64,${source.data}` : undefined;
}

/** Writes a tool call of an earlier answer. The wire wants the JSON of an object, whatever the model wrote. */
export function callPartOut({ id, name, input, freeform, extra }: ToolCallPart, { own }: Writing): Fields {
  const rest = ownFields(extra) ?? {};
  const inside = isFields(rest['function']) ? rest['function'] : {};
  const spelling = spellingOf(extra);
  const json = own ? input : inputOut(input, freeform);
  return {
    ...rest,
    id,
    ...(spelling['type'] === 'absent' ? {} : { type: 'function' }),
    function: { ...inside, name, arguments: spelling['input'] === 'object' ? (JSON.parse(json) as unknown) : json },
  };
}

function inputOut(input: string, freeform = false): string {
  if (!freeform && input.trim() === '') return '{}';
  return freeform || !isJsonObject(input) ? freeformInput(input) : input;
}

function isJsonObject(text: string): boolean {
  try {
    return isFields(JSON.parse(text));
  } catch {
    return false;
  }
}

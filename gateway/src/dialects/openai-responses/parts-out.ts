import type { FilePart, Part } from '../../model/request.ts';
import { annotationOut } from './citations.ts';
import { DIALECT, type Fields, ownFields, present, spellingOf } from './fields.ts';
import type { Losses } from './losses.ts';
import { soundFormatOf, urlOf } from './media.ts';

/** Where a part stands and where its losses are noted. */
export interface Writing {
  /** The part as the caller knows it, e.g. `messages[0].content[1]`. */
  readonly at: string;
  readonly losses: Losses;
  /** What a text is called there. */
  readonly textType: string;
}

/** Writes a part as one piece of content; `undefined` where there is no word for it. */
export function contentPart(part: Part, writing: Writing): unknown {
  const { at, losses } = writing;
  if (part.type === 'native') return part.dialect === DIALECT ? part.value : lost(writing);
  const wire = bareContent(part, writing);
  if (!wire) return undefined;
  losses.foreignPart(part.extra, at);
  if (part.cacheHint) losses.hint('cache_control');
  return { ...ownFields(part.extra), ...wire };
}

function bareContent(part: Exclude<Part, { type: 'native' }>, writing: Writing): Fields | undefined {
  const spelling = spellingOf(part.extra);
  switch (part.type) {
    case 'text':
      return textContent(part, writing);
    case 'refusal':
      return { type: 'refusal', refusal: part.text };
    case 'image': {
      const { source, detail } = part;
      const place = source.kind === 'file-id' ? { file_id: source.id } : { image_url: urlOf(source) };
      return { type: 'input_image', ...place, ...present({ detail }) };
    }
    case 'file':
      return fileContent(part, spelling['data'], writing);
    case 'audio': {
      const { source } = part;
      if (source.kind !== 'data') return lost(writing);
      const sound = { data: source.data, format: soundFormatOf(source.mediaType) };
      return { type: 'input_audio', input_audio: sound };
    }
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      // These are items, never content.
      return lost(writing);
  }
}

function lost({ at, losses }: Writing): undefined {
  losses.parameter(at);
  return undefined;
}

function textContent(part: Extract<Part, { type: 'text' }>, { at, losses, textType }: Writing): Fields {
  const { type = textType, annotations: hasList, logprobs } = spellingOf(part.extra);
  const annotations = part.citations?.map(annotationOut).filter((one) => one !== undefined) ?? [];
  const isAnswer = type === 'output_text';
  const isLost = !isAnswer && hasList !== true && annotations.length > 0;
  if (isLost || annotations.length < (part.citations?.length ?? 0)) losses.hint(`${at}.citations`);
  return present({
    type,
    text: part.text,
    annotations: hasList === true || (isAnswer && annotations.length > 0) ? annotations : undefined,
    logprobs: logprobs === true ? [] : undefined,
  });
}

function fileContent({ source, name, context, citable }: FilePart, form: unknown, { at, losses }: Writing): Fields {
  if (context !== undefined) losses.hint(`${at}.context`);
  if (citable) losses.hint(`${at}.citations`);
  if (source.kind === 'text') return { type: 'input_text', text: source.text };
  const named = present({ filename: name });
  if (source.kind === 'file-id') return { type: 'input_file', file_id: source.id, ...named };
  if (source.kind === 'data' && source.mediaType.startsWith('image/') && form === undefined) {
    return { type: 'input_image', image_url: urlOf(source), detail: 'auto' };
  }
  if (source.kind === 'url') {
    const place = form === 'file_data' ? 'file_data' : 'file_url';
    return { type: 'input_file', [place]: source.url, ...named };
  }
  const place = form === 'file_url' ? 'file_url' : 'file_data';
  return { type: 'input_file', [place]: form === 'bare' ? source.data : urlOf(source), ...named };
}

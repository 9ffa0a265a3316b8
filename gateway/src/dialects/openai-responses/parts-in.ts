import type { FilePart, Part } from '../../model/request.ts';
import { citationsOf } from './citations.ts';
import { DIALECT, extraOf, type Fields, isFields, present, textOf } from './fields.ts';
import { soundTypeOf, sourceOf } from './media.ts';

/** Bare base64 can only be the one kind of document that OpenAI reads. */
const DOCUMENT_TYPE = 'application/pdf';

/** What an assistant's text is called, and everybody else's. */
export const TEXT_TYPES = { assistant: 'output_text', others: 'input_text' } as const;

/** Reads content: a string is shorthand for one text. */
export function contentOf(content: unknown, textType: string): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.map((part) => partOf(part, textType)) : [];
}

/** Reads one piece of content. A kind or a shape that isn't known stays whole, for the same dialect. */
export function partOf(wire: unknown, textType: string, spelling: Fields = {}): Part {
  const native: Part = { type: 'native', dialect: DIALECT, value: wire, ...extraOf({}, spelling) };
  if (!isFields(wire)) return native;
  switch (wire['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return textPart(wire, textType, spelling) ?? native;
    case 'refusal':
      return refusalPart(wire, spelling) ?? native;
    case 'input_image':
      return imagePart(wire, spelling) ?? native;
    case 'input_file':
      return filePart(wire, spelling) ?? native;
    case 'input_audio':
      return audioPart(wire, spelling) ?? native;
    default:
      return native;
  }
}

/** Null is the same as nothing on this wire. */
export function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function textPart(wire: Fields, textType: string, spelling: Fields): Part | undefined {
  const { type, text, annotations, ...others } = withoutNulls(wire);
  const citations = citationsOf(annotations);
  if (typeof text !== 'string' || (annotations !== undefined && !citations)) return undefined;
  const { rest, isScored } = withoutScores(others);
  const spelt = {
    ...spelling,
    ...(type === textType ? {} : { type }),
    ...(isScored ? { logprobs: true } : {}),
    ...(citations ? { annotations: true } : {}),
  };
  return {
    type: 'text',
    text,
    ...(citations && citations.length > 0 ? { citations } : {}),
    ...extraOf(rest, spelt),
  };
}

/** An empty list of probabilities says nothing but that there is room for some. */
function withoutScores(fields: Fields): { readonly rest: Fields; readonly isScored: boolean } {
  const { logprobs, ...rest } = fields;
  const isScored = Array.isArray(logprobs) && logprobs.length === 0;
  return isScored ? { rest, isScored } : { rest: fields, isScored };
}

function refusalPart(wire: Fields, spelling: Fields): Part | undefined {
  const { type: _type, refusal, ...rest } = withoutNulls(wire);
  return typeof refusal === 'string' ? { type: 'refusal', text: refusal, ...extraOf(rest, spelling) } : undefined;
}

function imagePart(wire: Fields, spelling: Fields): Part | undefined {
  const { type: _type, image_url: url, file_id: id, detail, ...rest } = withoutNulls(wire);
  const source = typeof url === 'string' ? sourceOf(url) : fileSource(id);
  if (!source || (url !== undefined && id !== undefined)) return undefined;
  return { type: 'image', source, ...present({ detail: textOf(detail) }), ...extraOf(rest, spelling) };
}

function fileSource(id: unknown): { readonly kind: 'file-id'; readonly id: string } | undefined {
  return typeof id === 'string' ? { kind: 'file-id', id } : undefined;
}

function filePart(wire: Fields, spelling: Fields): Part | undefined {
  const { type: _type, file_data: data, file_url: url, file_id: id, filename, ...rest } = withoutNulls(wire);
  if ([data, url, id].filter((place) => place !== undefined).length !== 1) return undefined;
  const source = documentSource(data) ?? (typeof url === 'string' ? sourceOf(url) : fileSource(id));
  if (!source) return undefined;
  const form = data === undefined ? (source.kind === 'data' ? { data: 'file_url' } : {}) : dataForm(data);
  return {
    type: 'file',
    source,
    ...present({ name: textOf(filename) }),
    ...extraOf(rest, { ...spelling, ...form }),
  };
}

function documentSource(data: unknown): FilePart['source'] | undefined {
  if (typeof data !== 'string') return undefined;
  return data.startsWith('data:') ? sourceOf(data) : { kind: 'data', mediaType: DOCUMENT_TYPE, data };
}

function dataForm(data: unknown): Fields {
  if (typeof data !== 'string' || !data.startsWith('data:')) return { data: 'bare' };
  return sourceOf(data).kind === 'url' ? { data: 'file_data' } : {};
}

function audioPart(wire: Fields, spelling: Fields): Part | undefined {
  const { type: _type, input_audio: audio, ...rest } = withoutNulls(wire);
  if (!isFields(audio)) return undefined;
  const { data, format, ...inside } = audio;
  if (typeof data !== 'string' || typeof format !== 'string' || Object.keys(inside).length > 0) return undefined;
  return {
    type: 'audio',
    source: { kind: 'data', mediaType: soundTypeOf(format), data },
    ...extraOf(rest, spelling),
  };
}

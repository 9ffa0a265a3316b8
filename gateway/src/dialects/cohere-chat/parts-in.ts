import type { ImagePart, MediaSource, Part, ToolCallPart } from '../../model/request.ts';
import { resultDocument } from './documents.ts';
import { DIALECT, extraOf, type Fields, isEmpty, isFields, objectsOf, present, textOf } from './fields.ts';

/** Reads content: a text, or a list of parts. */
export function partsOf(content: unknown): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return objectsOf(content).map(partOf);
}

/** How content was written, where that isn't as it would be written here. */
export function contentSpelling(content: unknown): Fields {
  if (Array.isArray(content)) return { content: 'list' };
  return content === null ? { content: 'null' } : {};
}

/** Reads one part. A kind or a shape that isn't known stays whole, for the same dialect. */
function partOf(wire: Fields): Part {
  return known(wire) ?? { type: 'native', dialect: DIALECT, value: wire };
}

function known({ type, ...fields }: Fields): Part | undefined {
  const { text, thinking, image_url: image, ...rest } = fields;
  if (type === 'text' && typeof text === 'string') return { type: 'text', text, ...extraOf(without(fields, 'text')) };
  if (type === 'thinking' && typeof thinking === 'string')
    return { type: 'reasoning', text: thinking, ...extraOf(without(fields, 'thinking')) };
  if (type === 'image_url') return isFields(image) && isEmpty(rest) ? imagePart(image) : undefined;
  return resultDocument({ type, ...fields });
}

function without(fields: Fields, name: string): Fields {
  const { [name]: _taken, ...rest } = fields;
  return rest;
}

function imagePart({ url, detail, ...rest }: Fields): ImagePart | undefined {
  if (typeof url !== 'string') return undefined;
  return { type: 'image', source: sourceOf(url), ...present({ detail: textOf(detail) }), ...extraOf(rest) };
}

/** A `data:` URL is taken apart where it can be put together again just so. */
function sourceOf(url: string): MediaSource {
  const comma = url.startsWith('data:') ? url.indexOf(';base64,') : -1;
  const mediaType = comma === -1 ? '' : url.slice('data:'.length, comma);
  if (mediaType === '' || mediaType.includes(';') || mediaType.includes(',')) return { kind: 'url', url };
  return { kind: 'data', mediaType, data: url.slice(comma + ';base64,'.length) };
}

/** Reads a tool call of an earlier answer. */
export function callPart({ id, type, function: called, ...rest }: Fields): ToolCallPart {
  const { name, arguments: input, ...inside } = isFields(called) ? called : {};
  const fields = { ...rest, ...(isEmpty(inside) ? {} : { function: inside }) };
  const spelling = {
    ...(type === undefined ? { type: 'absent' } : {}),
    ...(isFields(input) ? { input: 'object' } : {}),
  };
  return {
    type: 'tool-call',
    id: textOf(id) ?? '',
    name: textOf(name) ?? '',
    input: textOf(input) ?? JSON.stringify(input ?? {}),
    ...extraOf(fields, spelling),
  };
}

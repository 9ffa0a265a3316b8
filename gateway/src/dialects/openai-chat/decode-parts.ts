import type { MediaSource, Part, ToolCallPart } from '../../model/request.ts';
import { hasFields, isObject, type JsonDraft, type JsonObject, unknownFields } from '../json-object.ts';
import { thinkingTexts } from './content-pieces.ts';
import { ownExtra, readCacheHint } from './extras.ts';
import { isFreeform } from './tool-call-reading.ts';

/** Reads content: a string, a list of parts, or nothing. */
export function readContent(content: unknown): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  return (content as unknown[]).map((part) => (isObject(part) ? readPart(part) : nativePart(part)));
}

function readPart(wire: JsonObject): Part {
  switch (wire['type']) {
    case 'text':
      return typeof wire['text'] === 'string' ? textPart(wire, wire['text']) : nativePart(wire);
    case 'image_url':
      return imagePart(wire);
    case 'input_audio':
      return audioPart(wire);
    case 'file':
      return filePart(wire);
    case 'refusal':
      return typeof wire['refusal'] === 'string' ? refusalPart(wire, wire['refusal']) : nativePart(wire);
    case 'thinking':
      return thinkingPart(wire);
    default:
      return nativePart(wire);
  }
}

function nativePart(value: unknown): Part {
  return { type: 'native', dialect: 'openai-chat', value };
}

/** What every part may carry: a cache hint, and fields we have no word for. `inside` are those of a nested object. */
function besides(wire: JsonObject, own: string, inside: JsonObject = {}, spelling: JsonDraft = {}): Partial<Part> {
  const fields = unknownFields(wire, new Set(['type', own, 'cache_control']));
  if (hasFields(inside)) fields[own] = inside;
  return { ...readCacheHint(wire, fields, spelling), ...ownExtra(fields, spelling) };
}

function textPart(wire: JsonObject, text: string): Part {
  return { ...besides(wire, 'text'), type: 'text', text };
}

function refusalPart(wire: JsonObject, text: string): Part {
  return { ...besides(wire, 'refusal', {}, { inContent: true }), type: 'refusal', text } as Part;
}

/** Mistral's thinking, a part of the content: a string, or a list of texts whose lengths are kept. */
function thinkingPart(wire: JsonObject): Part {
  const texts = thinkingTexts(wire['thinking']);
  if (!texts) return nativePart(wire);
  const form = typeof wire['thinking'] === 'string' ? 'string' : texts.map(({ length }) => length);
  return { ...besides(wire, 'thinking', {}, { inContent: form }), type: 'reasoning', text: texts.join('') } as Part;
}

const IMAGE_FIELDS = new Set(['url', 'detail']);

function imagePart(wire: JsonObject): Part {
  const image = wire['image_url'];
  const isBare = typeof image === 'string'; // Mistral
  const { url, detail } = isObject(image) ? image : { url: image, detail: undefined };
  if (typeof url !== 'string') return nativePart(wire);
  const inside = isObject(image) ? unknownFields(image, IMAGE_FIELDS) : {};
  return {
    ...besides(wire, 'image_url', inside, isBare ? { bare: true } : {}),
    type: 'image',
    source: sourceOf(url),
    ...(typeof detail === 'string' ? { detail } : {}),
  } as Part;
}

/** A `data:` URL is taken apart where it can be put together again just so. */
function sourceOf(url: string): MediaSource {
  const comma = url.startsWith('data:') ? url.indexOf(';base64,') : -1;
  const mediaType = comma === -1 ? '' : url.slice('data:'.length, comma);
  if (mediaType === '' || mediaType.includes(';') || mediaType.includes(',')) return { kind: 'url', url };
  return { kind: 'data', mediaType, data: url.slice(comma + ';base64,'.length) };
}

const AUDIO_FIELDS = new Set(['data', 'format']);

function audioPart(wire: JsonObject): Part {
  const audio = wire['input_audio'];
  if (!isObject(audio) || typeof audio['data'] !== 'string' || typeof audio['format'] !== 'string') {
    return nativePart(wire);
  }
  const { data, format } = audio;
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`;
  const inside = unknownFields(audio, AUDIO_FIELDS);
  return { ...besides(wire, 'input_audio', inside), type: 'audio', source: { kind: 'data', mediaType, data } } as Part;
}

const FILE_FIELDS = new Set(['file_id', 'file_data', 'filename']);

function filePart(wire: JsonObject): Part {
  const { file } = wire;
  if (!isObject(file)) return nativePart(wire);
  const { file_id: id, file_data: data, filename } = file;
  const source = fileSource(id, data);
  if (!source) return nativePart(wire);
  const isBare = typeof data === 'string' && source.kind === 'data' && !data.startsWith('data:');
  return {
    ...besides(wire, 'file', unknownFields(file, FILE_FIELDS), isBare ? { bare: true } : {}),
    type: 'file',
    source,
    ...(typeof filename === 'string' ? { name: filename } : {}),
  } as Part;
}

/** OpenAI takes an id or a `data:` URL, OpenRouter an address too; bare base64 can only be the one kind OpenAI reads. */
function fileSource(id: unknown, data: unknown): MediaSource | undefined {
  if (typeof id === 'string' && data === undefined) return { kind: 'file-id', id };
  if (typeof data !== 'string' || id !== undefined) return undefined;
  if (/^(?:data|https?):/.test(data)) return sourceOf(data);
  return { kind: 'data', mediaType: 'application/pdf', data };
}

const FUNCTION_CALL_FIELDS = new Set(['id', 'type', 'function']);
const CUSTOM_CALL_FIELDS = new Set(['id', 'type', 'custom']);
const CALLED_FIELDS = new Set(['name', 'arguments', 'input']);

/** Reads a tool call of an earlier answer. */
export function readToolCall(wire: JsonObject): ToolCallPart {
  const freeform = isFreeform(wire);
  const said = freeform ? wire['custom'] : wire['function'];
  const called: JsonObject = isObject(said) ? said : {};
  const input = freeform ? called['input'] : called['arguments'];
  const fields = unknownFields(wire, freeform ? CUSTOM_CALL_FIELDS : FUNCTION_CALL_FIELDS);
  const inside = unknownFields(called, CALLED_FIELDS);
  if (hasFields(inside)) fields[freeform ? 'custom' : 'function'] = inside;
  const spelling: JsonDraft = {};
  if (isObject(input)) spelling['arguments'] = 'object';
  if (wire['type'] === undefined) spelling['type'] = 'absent';
  return {
    type: 'tool-call',
    id: typeof wire['id'] === 'string' ? wire['id'] : '',
    name: typeof called['name'] === 'string' ? called['name'] : '',
    input: typeof input === 'string' ? input : JSON.stringify(input ?? {}),
    ...(freeform ? { freeform: true } : {}),
    ...ownExtra(fields, spelling),
  };
}

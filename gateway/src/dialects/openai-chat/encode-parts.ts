import type { AudioPart, FilePart, ImagePart, MediaSource, Part, TextPart, ToolCallPart } from '../../model/request.ts';
import { isObject, type JsonDraft, type JsonObject } from '../json-object.ts';
import type { Losses } from '../openai-losses.ts';
import { ownFieldsOf, spellingOf, writeCacheHint } from './extras.ts';

/** Writes a part of a content list; none if this wire has no such part, several where it takes more than one. */
export function writePart(part: Part, losses: Losses): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return [textWire(part, losses)];
    case 'image':
      return imageWire(part, losses);
    case 'audio':
      return audioWire(part, losses);
    case 'file':
      return fileWire(part, losses);
    case 'refusal':
      return [{ ...besides(part, losses), type: 'refusal', refusal: part.text }];
    case 'reasoning':
      return thinkingWire(part, losses);
    case 'native':
      if (part.dialect === 'openai-chat') return [part.value as JsonObject];
      losses.parameter(nameOfNative(part.value));
      return [];
    case 'tool-call':
    case 'tool-result':
      // These are messages or fields of one, never content.
      losses.parameter(part.type);
      return [];
  }
}

function nameOfNative(value: unknown): string {
  const type = isObject(value) ? value['type'] : undefined;
  return typeof type === 'string' ? type : 'content';
}

function besides(part: Part, losses: Losses): JsonObject {
  return { ...ownFieldsOf(part.extra, losses), ...writeCacheHint(part, losses) };
}

/** A part's own object, with the fields in it that only this dialect knows. */
function nested(name: string, inside: JsonObject, around: JsonObject): JsonObject {
  const own = around[name];
  return { ...around, type: name, [name]: isObject(own) ? { ...inside, ...own } : inside };
}

function textWire(part: TextPart, losses: Losses): JsonObject {
  if (part.citations && part.citations.length > 0) losses.hint('citations');
  return { ...besides(part, losses), type: 'text', text: part.text };
}

/** Only the caller's own thinking parts are written as parts (Mistral); see the message for all other reasoning. */
function thinkingWire(part: Extract<Part, { type: 'reasoning' }>, losses: Losses): readonly JsonObject[] {
  const form = spellingOf(part.extra)['inContent'];
  const thinking = Array.isArray(form)
    ? pieces(part.text, form as number[]).map((text) => ({ type: 'text', text }))
    : part.text;
  return [{ ...besides(part, losses), type: 'thinking', thinking }];
}

/** Cuts a text where it was cut before, unless somebody has changed it since. */
function pieces(text: string, lengths: readonly number[]): readonly string[] {
  if (lengths.reduce((sum, length) => sum + length, 0) !== text.length) return [text];
  let at = 0;
  return lengths.map((length) => text.slice(at, (at += length)));
}

function imageWire(part: ImagePart, losses: Losses): readonly JsonObject[] {
  const url = urlOf(part.source);
  if (url === undefined) {
    losses.parameter('image.file_id');
    return [];
  }
  const around = besides(part, losses);
  if (spellingOf(part.extra)['bare'] === true) return [{ ...around, type: 'image_url', image_url: url }];
  return [nested('image_url', part.detail === undefined ? { url } : { url, detail: part.detail }, around)];
}

function urlOf(source: MediaSource): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'data' ? `data:${source.mediaType};base64,${source.data}` : undefined;
}

function audioWire(part: AudioPart, losses: Losses): readonly JsonObject[] {
  const { source } = part;
  if (source.kind !== 'data') {
    losses.parameter(`audio.${source.kind}`);
    return [];
  }
  return [nested('input_audio', { data: source.data, format: formatOf(source.mediaType) }, besides(part, losses))];
}

function formatOf(mediaType: string): string {
  const format = mediaType.slice(mediaType.indexOf('/') + 1);
  if (format === 'mpeg') return 'mp3';
  return format === 'x-wav' || format === 'wave' ? 'wav' : format;
}

function fileWire(part: FilePart, losses: Losses): readonly JsonObject[] {
  const { source, name, context } = part;
  if (part.citable) losses.hint('citations');
  const around = besides(part, losses);
  const before = context === undefined ? [] : [{ type: 'text', text: context }];
  if (source.kind === 'text') return [...before, { ...around, type: 'text', text: source.text }];
  const file: JsonDraft = {};
  if (source.kind === 'file-id') file['file_id'] = source.id;
  else
    file['file_data'] = spellingOf(part.extra)['bare'] === true && source.kind === 'data' ? source.data : urlOf(source);
  if (name !== undefined) file['filename'] = name;
  return [...before, nested('file', file, around)];
}

/** Writes a call of an earlier answer. */
export function writeToolCall(part: ToolCallPart, losses: Losses): JsonObject {
  const { id, name, input, freeform, extra } = part;
  const own = ownFieldsOf(extra, losses);
  if (part.cacheHint) losses.hint('cache_control');
  if (freeform) return { ...nested('custom', { name, input }, own), id };
  const spelling = spellingOf(extra);
  const called = nested(
    'function',
    { name, arguments: spelling['arguments'] === 'object' ? parsed(input) : input },
    own,
  );
  const { type, ...untyped } = called;
  return { ...(spelling['type'] === 'absent' ? {} : { type }), ...untyped, id };
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

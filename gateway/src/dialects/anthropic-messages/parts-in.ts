import type { MediaSource, Part, TextPart } from '../../model/request.ts';
import { cacheHintOf } from './cache-control.ts';
import { citationOf } from './citations.ts';
import { DIALECT, type Fields, isFields, present, Reading } from './fields.ts';

/**
 * Reads the content of a message: a string is shorthand for one text block.
 * https://platform.claude.com/docs/en/api/messages
 */
export function partsOf(content: unknown): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.map((block) => partOf(block)) : [];
}

/** A lone text that came as a list of one block, where a string would have done. */
export function contentSpelling(content: unknown): Fields {
  return Array.isArray(content) && content.length === 1 ? { content: 'blocks' } : {};
}

/** Reads one content block. A kind or a shape that isn't known stays whole, for the same dialect. */
export function partOf(block: unknown): Part {
  if (!isFields(block) || typeof block['type'] !== 'string') return native(block);
  return READERS[block['type']]?.(new Reading(block, ['type']), block) ?? native(block);
}

function native(value: unknown): Part {
  return { type: 'native', dialect: DIALECT, value };
}

type PartReader = (reading: Reading, block: Fields) => Part | undefined;

const READERS: Readonly<Record<string, PartReader>> = {
  text: textPart,
  image: imagePart,
  document: documentPart,
  tool_use: toolCallPart,
  tool_result: toolResultPart,
  thinking: thinkingPart,
  redacted_thinking: redactedPart,
};

/** What every kind of block may have. To be asked last, since it gives what nobody else took. */
function common(reading: Reading, block: Fields, spelling?: Fields) {
  const cacheHint = cacheHintOf(block['cache_control']);
  if (cacheHint) reading.object('cache_control');
  return present({ cacheHint, extra: reading.extra(spelling) });
}

function textPart(reading: Reading, block: Fields): TextPart | undefined {
  const text = reading.text('text');
  if (text === undefined) return undefined;
  const cited: unknown = block['citations'];
  const citations =
    Array.isArray(cited) && cited.every(isFields) ? reading.list('citations') && cited.map(citationOf) : undefined;
  return { type: 'text', text, ...present({ citations }), ...common(reading, block) };
}

function imagePart(reading: Reading, block: Fields): Part | undefined {
  const source = mediaSource(reading.object('source'));
  return source && { type: 'image', source, ...common(reading, block) };
}

function documentPart(reading: Reading, block: Fields): Part | undefined {
  const wire = reading.object('source');
  const source = mediaSource(wire) ?? textSource(wire);
  if (!source) return undefined;
  const name = reading.text('title');
  const context = reading.text('context');
  const citable = citableOf(block['citations']);
  if (citable !== undefined) reading.object('citations');
  return { type: 'file', source, ...present({ name, context, citable }), ...common(reading, block) };
}

function citableOf(citations: unknown): boolean | undefined {
  if (!isFields(citations) || Object.keys(citations).length !== 1) return undefined;
  return typeof citations['enabled'] === 'boolean' ? citations['enabled'] : undefined;
}

function mediaSource(source: Fields | undefined): MediaSource | undefined {
  if (!source) return undefined;
  const reading = new Reading(source, ['type']);
  const read = mediaSourceOf(reading, source['type']);
  return reading.rest() ? undefined : read;
}

function mediaSourceOf(reading: Reading, type: unknown): MediaSource | undefined {
  if (type === 'base64') {
    const mediaType = reading.text('media_type');
    const data = reading.text('data');
    return mediaType === undefined || data === undefined ? undefined : { kind: 'data', mediaType, data };
  }
  if (type === 'url') {
    const url = reading.text('url');
    return url === undefined ? undefined : { kind: 'url', url };
  }
  const id = type === 'file' ? reading.text('file_id') : undefined;
  return id === undefined ? undefined : { kind: 'file-id', id };
}

function textSource(source: Fields | undefined): { readonly kind: 'text'; readonly text: string } | undefined {
  if (source?.['type'] !== 'text' || source['media_type'] !== 'text/plain') return undefined;
  const text = source['data'];
  return typeof text === 'string' && Object.keys(source).length === 3 ? { kind: 'text', text } : undefined;
}

function toolCallPart(reading: Reading, block: Fields): Part | undefined {
  const id = reading.text('id');
  const name = reading.text('name');
  const input = reading.object('input');
  if (id === undefined || name === undefined || !input) return undefined;
  return { type: 'tool-call', id, name, input: JSON.stringify(input), ...common(reading, block) };
}

function toolResultPart(reading: Reading, block: Fields): Part | undefined {
  const callId = reading.text('tool_use_id');
  if (callId === undefined) return undefined;
  const said = reading.text('content') ?? reading.list('content');
  const isError = reading.flag('is_error');
  return {
    type: 'tool-result',
    callId,
    content: partsOf(said),
    ...present({ isError }),
    ...common(reading, block, contentSpelling(said)),
  };
}

/** An empty signature is what this gateway says for other providers' reasoning; it proves nothing. */
function thinkingPart(reading: Reading, block: Fields): Part | undefined {
  const text = reading.text('thinking');
  if (text === undefined) return undefined;
  const signature = reading.text('signature') || undefined;
  return { type: 'reasoning', text, ...present({ signature }), ...common(reading, block) };
}

function redactedPart(reading: Reading, block: Fields): Part | undefined {
  const redacted = reading.text('data');
  return redacted === undefined ? undefined : { type: 'reasoning', text: '', redacted, ...common(reading, block) };
}

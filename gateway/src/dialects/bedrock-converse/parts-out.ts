import type { CacheHint, Part, ToolResultPart } from '../../model/request.ts';
import { citationOut } from './citations.ts';
import { DIALECT, type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import type { Losses } from './losses.ts';
import { type DocumentNames, documentOut, imageOut } from './media.ts';

/** What is the same for all parts of a request. */
export interface Writing {
  readonly losses: Losses;
  /** Whether the request came in this dialect. */
  readonly own: boolean;
  /** Whether the model is one of Anthropic's, whose proofs of their thoughts are the same on every wire. */
  readonly isClaude: boolean;
  /** Whether the model keeps prompts in a cache when told to. */
  readonly caches: boolean;
  readonly names: DocumentNames;
}

/** Writes parts as content blocks; those without anything to say, or without a word for it, are left out. */
export function blocksOf(parts: readonly Part[], at: string, writing: Writing): readonly Fields[] {
  return parts.flatMap((part, index) => {
    const place = `${at}.content[${index}]`;
    const block = blockOf(part, place, writing);
    if (!block) return [];
    return [block, ...cachePoint(part.cacheHint, place, writing)];
  });
}

/** Writes a cache point behind what it means, where the model knows such points. */
export function cachePoint(hint: CacheHint | undefined, at: string, { caches, losses }: Writing): readonly Fields[] {
  if (!hint) return [];
  if (caches) return [{ cachePoint: present({ type: 'default', ttl: hint.ttl }) }];
  losses.hint(`${at}.cache_control`);
  return [];
}

function blockOf(part: Part, at: string, writing: Writing): Fields | undefined {
  if (part.type === 'native') return part.dialect === DIALECT && isFields(part.value) ? part.value : lost(at, writing);
  writing.losses.foreign(part.extra, at);
  switch (part.type) {
    case 'text':
      return textBlock(part, writing);
    case 'refusal':
      return part.text.trim() === '' ? undefined : { text: part.text };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') writing.losses.hint(`${at}.image_url.detail`);
      return imageOut(part) ?? lost(at, writing);
    case 'file':
      return documentOut(part, nameWith(writing)) ?? lost(at, writing);
    case 'audio':
      return lost(at, writing);
    case 'tool-call':
      return { toolUse: callOut(part, writing.own) };
    case 'tool-result':
      return { toolResult: resultOut(part, at, writing) };
    case 'reasoning':
      return reasoningOut(part, at, writing);
  }
}

function lost(at: string, { losses }: Writing): undefined {
  losses.parameter(at);
  return undefined;
}

function nameWith({ own, names }: Writing): (name: string | undefined) => string {
  return (name) => (own && name !== undefined ? name : names.next(name));
}

/** The provider refuses texts of nothing but white space. */
function textBlock({ text, citations }: Extract<Part, { type: 'text' }>, { own }: Writing): Fields | undefined {
  if (text.trim() === '' && !own) return undefined;
  if (!citations || (citations.length === 0 && !own)) return { text };
  return { citationsContent: { content: [{ text }], citations: citations.map(citationOut) } };
}

function callOut({ id, name, input, freeform, extra }: Extract<Part, { type: 'tool-call' }>, own: boolean): Fields {
  return { ...ownFields(extra), toolUseId: own ? id : idOut(id), name, input: inputObject(input, freeform) };
}

/** The wire takes few kinds of characters in ids of tool calls, and not many of them. */
function idOut(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, TOOL_USE_ID_CHARS_MAX);
}

const TOOL_USE_ID_CHARS_MAX = 64;

/** A tool's input as the object that the wire demands, whatever the model wrote. */
export function inputObject(input: string, freeform = false): Fields {
  if (freeform) return { input };
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    return isFields(value) ? value : { input: value };
  } catch {
    return { input };
  }
}

function resultOut({ callId, content, isError, extra }: ToolResultPart, at: string, writing: Writing): Fields {
  const blocks = content.flatMap((part, index): readonly Fields[] => {
    if (part.type === 'text' && spellingOf(part.extra)['form'] === 'json')
      return [{ json: JSON.parse(part.text) as unknown }];
    const block = blockOf(part, `${at}.content[${index}]`, writing);
    return block ? [block] : [];
  });
  const status = isError ? 'error' : writing.own && isError === false ? 'success' : undefined;
  return present({
    ...ownFields(extra),
    toolUseId: writing.own ? callId : idOut(callId),
    content: blocks,
    status,
  });
}

function reasoningOut(part: Extract<Part, { type: 'reasoning' }>, at: string, writing: Writing): Fields | undefined {
  const { text, signature, redacted, extra } = part;
  const isProven = writing.own || (writing.isClaude && (signature ?? redacted) !== undefined);
  if (!isProven) {
    // The provider refuses thinking that it can't prove to be its model's own.
    writing.losses.hint(at);
    return undefined;
  }
  if (redacted !== undefined) return { reasoningContent: { redactedContent: redacted } };
  return { reasoningContent: { reasoningText: present({ ...ownFields(extra), text, signature }) } };
}

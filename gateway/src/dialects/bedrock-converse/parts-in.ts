import type { CacheHint, Part, ToolResultPart } from '../../model/request.ts';
import { citationOf } from './citations.ts';
import { DIALECT, extraOf, type Fields, isEmpty, isFields, objectsOf, onlyField, present, textOf } from './fields.ts';
import { documentPart, imagePart } from './media.ts';

/**
 * Reads content blocks. A cache point means all that stands before it, so it is a hint on the part in front.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
export function partsOf(content: unknown): readonly Part[] {
  const parts: Part[] = [];
  for (const block of objectsOf(content)) {
    const cacheHint = cacheHintOf(block);
    const last = parts.at(-1);
    if (cacheHint && last && !last.cacheHint) parts[parts.length - 1] = { ...last, cacheHint };
    else parts.push(known(block) ?? { type: 'native', dialect: DIALECT, value: block });
  }
  return parts;
}

/** Reads a cache point; `undefined` for everything else. */
export function cacheHintOf(block: Fields): CacheHint | undefined {
  const [kind, value] = onlyField(block) ?? [];
  if (kind !== 'cachePoint' || !isFields(value)) return undefined;
  const { type, ttl, ...rest } = value;
  if (type !== 'default' || !isEmpty(rest)) return undefined;
  if (ttl === undefined) return {};
  return ttl === '5m' || ttl === '1h' ? { ttl } : undefined;
}

/** Reads one block. A kind or a shape that isn't known stays whole, for the same dialect. */
function known(block: Fields): Part | undefined {
  const [kind, value] = onlyField(block) ?? [];
  if (kind === 'text' && typeof value === 'string') return { type: 'text', text: value };
  if (!isFields(value)) return undefined;
  switch (kind) {
    case 'image':
      return imagePart(value);
    case 'document':
      return documentPart(value);
    case 'toolUse':
      return callPart(value);
    case 'toolResult':
      return resultPart(value);
    case 'reasoningContent':
      return reasoningPart(value);
    case 'citationsContent':
      return citedPart(value);
    default:
      return undefined;
  }
}

function callPart({ toolUseId, name, input, ...rest }: Fields): Part | undefined {
  if (typeof toolUseId !== 'string' || typeof name !== 'string' || rest['type'] === 'server_tool_use') return undefined;
  return { type: 'tool-call', id: toolUseId, name, input: JSON.stringify(input ?? {}), ...extraOf(rest) };
}

function resultPart({ toolUseId, content, status, ...rest }: Fields): ToolResultPart | undefined {
  const isKnown = status === undefined || status === 'success' || status === 'error';
  if (typeof toolUseId !== 'string' || !isKnown) return undefined;
  return {
    type: 'tool-result',
    callId: toolUseId,
    content: objectsOf(content).map(resultContent),
    ...present({ isError: status === undefined ? undefined : status === 'error' }),
    ...extraOf(rest),
  };
}

/** Results may be said as JSON, which elsewhere is a text. */
function resultContent(block: Fields): Part {
  const [kind, value] = onlyField(block) ?? [];
  if (kind === 'json') return { type: 'text', text: JSON.stringify(value), ...extraOf({}, { form: 'json' }) };
  return known(block) ?? { type: 'native', dialect: DIALECT, value: block };
}

function reasoningPart({ reasoningText, redactedContent, ...rest }: Fields): Part | undefined {
  if (!isEmpty(rest)) return undefined;
  if (typeof redactedContent === 'string' && reasoningText === undefined) {
    return { type: 'reasoning', text: '', redacted: redactedContent };
  }
  if (!isFields(reasoningText) || typeof reasoningText['text'] !== 'string') return undefined;
  const { text, signature, ...others } = reasoningText;
  return { type: 'reasoning', text, ...present({ signature: textOf(signature) }), ...extraOf(others) };
}

function citedPart({ content, citations, ...rest }: Fields): Part | undefined {
  const pieces = objectsOf(content);
  const [only] = pieces;
  if (pieces.length !== 1 || typeof only?.['text'] !== 'string' || !onlyField(only) || !isEmpty(rest)) return undefined;
  return { type: 'text', text: only['text'], citations: objectsOf(citations).map(citationOf) };
}

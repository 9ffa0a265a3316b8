import { isObject, type JsonDraft, type JsonObject } from './json-object.ts';

/**
 * What a `native` event of one answer holds in this dialect: fields of its message and beside it, and how the
 * provider spells what the vocabulary knows.
 */
export interface NativeChoice {
  readonly message: JsonObject;
  readonly beside: JsonObject;
  readonly reasoningField: string | undefined;
}

const NOTHING: JsonObject = {};

/** The fields of one answer that the vocabulary has no word for. */
export function nativeChoice({ message, beside, spelling }: JsonObject): NativeChoice {
  const field = isObject(spelling) ? spelling['reasoning'] : undefined;
  return {
    message: isObject(message) ? message : NOTHING,
    beside: isObject(beside) ? beside : NOTHING,
    reasoningField: typeof field === 'string' ? field : undefined,
  };
}

/** Texts that come in pieces: spoken answers (`audio`) and the arguments of a `function_call`. */
const IN_PIECES = new Set(['data', 'transcript', 'arguments']);

/** Adds the fields of one delta to those before: lists and texts in pieces grow, all else is replaced. */
export function addDelta(sum: JsonDraft, delta: JsonObject): void {
  for (const key of Object.keys(delta)) sum[key] = added(key, sum[key], delta[key]);
}

function added(key: string, before: unknown, after: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(after)) return [...(before as unknown[]), ...(after as unknown[])];
  if (typeof before === 'string' && typeof after === 'string') return IN_PIECES.has(key) ? before + after : after;
  if (!isObject(before) || !isObject(after)) return after;
  const sum: JsonDraft = { ...before };
  addDelta(sum, after);
  return sum;
}

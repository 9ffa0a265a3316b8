import { ERROR_RULES, type ErrorCode } from '../model/error-rules.ts';

/** What one gateway tells of one target. */
export interface TargetNews {
  readonly id: string;
  /** Left alone for so long yet; 0 says that it is asked again. */
  readonly rest?: { readonly code: ErrorCode; readonly leftMs: number } | undefined;
  /** Since it was last told of. */
  readonly requests: number;
  readonly tokens: number;
}

/** What one gateway tells the others. */
export interface Message {
  readonly from: string;
  readonly targets: readonly TargetNews[];
}

const MESSAGE_CHARACTERS_MAX = 1_000_000;
const TARGETS_MAX = 10_000;
const ID_CHARACTERS_MAX = 1024;
const COUNT_MAX = 1e9;
const REST_MS_MAX = 3_600_000;

/** Reads what came; `undefined` when it is none of ours. Somebody else may write into the same Redis. */
export function messageIn(text: string): Message | undefined {
  if (text.length > MESSAGE_CHARACTERS_MAX) return undefined;
  const value = parsed(text);
  if (!isObject(value) || typeof value['from'] !== 'string' || !Array.isArray(value['targets'])) return undefined;
  return { from: value['from'], targets: value['targets'].slice(0, TARGETS_MAX).flatMap((one) => newsIn(one) ?? []) };
}

function newsIn(value: unknown): TargetNews | undefined {
  if (!isObject(value)) return undefined;
  const { id, requests, tokens, rest } = value;
  if (typeof id !== 'string' || id === '' || id.length > ID_CHARACTERS_MAX) return undefined;
  if (!isCount(requests) || !isCount(tokens)) return undefined;
  const read = rest === undefined ? undefined : restIn(rest);
  return { id, requests, tokens, ...(read ? { rest: read } : {}) };
}

/** Reads why and how long a target rests; `undefined` when it says neither. */
export function restIn(value: unknown): TargetNews['rest'] {
  if (!isObject(value)) return undefined;
  const { code, leftMs } = value;
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_RULES, code)) return undefined;
  if (typeof leftMs !== 'number' || !(leftMs >= 0)) return undefined;
  return { code: code as ErrorCode, leftMs: Math.min(leftMs, REST_MS_MAX) };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= COUNT_MAX;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import type { ChatRequest, Extra, Message, Part, Tool } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { canonicalJson } from './canonical-json.ts';

/** Grows when the same key would no longer mean the same, so that nothing kept before is found. */
const VERSION = 1;

/** What keys are made of besides the request. */
export interface KeyGround {
  /** Who shares answers: everybody with the same key, or everybody. */
  readonly scope: 'key' | 'everyone';
  /** Stands for the configured models: other models are another cache. */
  readonly models: string;
  /** Names of the callers' headers that providers get. */
  readonly forwards: readonly string[];
}

/**
 * One text for all requests that the same answer answers: SHA-256 over everything that can change it. Whether it is
 * streamed can't, nor how a field was spelt, nor the dialect. `undefined` when the request can't be told from others.
 */
export function requestKey(turn: Turn, ground: KeyGround, request: ChatRequest): string | undefined {
  return digestOf([VERSION, ...scopeOf(turn, ground), requestOf(request)]);
}

/** A short text that stands for a value, and for no other one; `undefined` where that can't be sure. */
export function digestOf(value: unknown): string | undefined {
  const text = canonicalJson(value);
  return text === undefined ? undefined : createHash('sha256').update(text).digest('base64url');
}

function scopeOf({ caller, dialect, switches, headers }: Turn, { scope, models, forwards }: KeyGround): unknown[] {
  return [
    scope === 'key' ? [caller.keyId, caller.role] : null,
    models,
    switches.cache?.namespace ?? null,
    // A text to go on with is another question than the same text in a chat.
    dialect === 'openai-completions' ? dialect : null,
    { fallbacks: switches.fallbacks, disabled: switches.disableFallbacks, drop: switches.dropParams },
    forwards.map((name) => headers[name] ?? null),
  ];
}

/** Only what is named here is left out, so that a field added to the model separates requests until somebody says otherwise. */
function requestOf(request: ChatRequest): object {
  return {
    ...request,
    stream: undefined,
    usageWanted: undefined,
    messages: request.messages.map(messageOf),
    tools: request.tools?.map(toolOf),
    extra: extraOf(request.extra),
  };
}

function messageOf(message: Message): object {
  return { ...message, content: message.content.map(partOf), extra: extraOf(message.extra) };
}

function partOf(part: Part): object {
  const content = part.type === 'tool-result' ? { content: part.content.map(partOf) } : {};
  return { ...part, ...content, cacheHint: undefined, extra: extraOf(part.extra) };
}

function toolOf(tool: Tool): object {
  return tool.type === 'native' ? tool : { ...tool, cacheHint: undefined, extra: extraOf(tool.extra) };
}

/** Spelling holds forms, never texts. */
function extraOf(extra: Extra | undefined): object | undefined {
  return extra && Object.keys(extra.fields).length > 0 ? { ...extra, spelling: undefined } : undefined;
}

import { createHash } from 'node:crypto';
import { toUSVString } from 'node:util';
import type { ChatRequest } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { CanonicalText } from './canonical-text.ts';
import { RequestText } from './request-text.ts';

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
  const writing = new RequestText();
  writing.value([VERSION, ...scopeOf(turn, ground)]);
  writing.request(request);
  return digest(writing.text);
}

/** A short text that stands for a value, and for no other one; `undefined` where that can't be sure. */
export function digestOf(value: unknown): string | undefined {
  const writing = new CanonicalText();
  writing.value(value);
  return digest(writing.text);
}

function digest(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // UTF-8 has no half characters: it would make one and the same of them all.
  const encoding = toUSVString(text) === text ? 'utf8' : 'utf16le';
  return createHash('sha256').update(encoding).update(text, encoding).digest('base64url');
}

function scopeOf({ caller, dialect, switches, headers }: Turn, { scope, models, forwards }: KeyGround): unknown[] {
  return [
    scope === 'key' ? [caller.keyId, caller.role] : null,
    models,
    switches.cache?.namespace ?? null,
    // A text to go on with is another question than the same text in a chat.
    dialect === 'openai-completions' ? dialect : null,
    { fallbacks: switches.fallbacks, disabled: switches.disableFallbacks, drop: switches.dropParams },
    [switches.additionalDropParams ?? null, switches.allowedOpenaiParams ?? null],
    forwards.map((name) => headers[name] ?? null),
  ];
}

import { isObject } from '../dialects/json-object.ts';
import type { Usage } from '../model/reply.ts';
import { countOf, tokenUsage } from './fields.ts';

/** Usage stands at the end of what providers answer, behind pictures and words. */
const TAIL_BYTES_MAX = 16 * 1024;
const MARK = /(?<!\\)"usage"\s{0,8}:\s{0,8}\{/g;

/** Watches an answer go by and finds what it took, where its end says so. */
export class UsageTail {
  #tail: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): void {
    const joined = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - TAIL_BYTES_MAX)));
  }

  usage(): Usage | undefined {
    const text = this.#tail.toString('utf8');
    const at = [...text.matchAll(MARK)].at(-1);
    if (!at) return undefined;
    const object = objectAt(text, at.index + at[0].length - 1);
    return isObject(object) ? detailed(object) : undefined;
  }
}

function detailed(usage: Readonly<Record<string, unknown>>): Usage | undefined {
  const tokens = tokenUsage(usage);
  const seconds = countOf(usage['seconds']);
  if (!tokens) return seconds === undefined ? undefined : { inputTokens: 0, outputTokens: 0, units: { seconds } };
  const details = usage['input_tokens_details'] ?? usage['input_token_details'];
  const audio = isObject(details) ? countOf(details['audio_tokens']) : undefined;
  return audio === undefined ? tokens : { ...tokens, audioInputTokens: audio };
}

/** The JSON object that begins there, if it ends there too. */
function objectAt(text: string, start: number): unknown {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
      if (at === -1) return undefined;
    } else if (character === '{') depth += 1;
    else if (character === '}' && (depth -= 1) === 0) return parsed(text.slice(start, at + 1));
  }
  return undefined;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { ScriptedCall, ScriptedUsage } from './behaviour.ts';

/** What a request asks for, as far as a script can care. */
export interface Asked {
  readonly model: string;
  readonly stream: boolean;
  readonly choices: number;
  readonly includeUsage: boolean;
  /** The last message is a tool's result. */
  readonly answersTool: boolean;
  readonly lastText: string;
}

/** What is to be said, dialect aside. */
export interface Speech {
  readonly id: string;
  readonly model: string;
  readonly textPieces: readonly string[];
  readonly reasoning: string | undefined;
  readonly calls: readonly ScriptedCall[];
  readonly finish: string | undefined;
  readonly choices: number;
  readonly usage: ScriptedUsage | undefined;
  readonly includeUsage: boolean;
}

/** A dialect as a provider speaks it. To add one, write a voice and add its path in `scripted-provider.ts`. */
export interface Voice {
  readonly asked: (body: Readonly<Record<string, unknown>>, path: string) => Asked;
  readonly json: (speech: Speech) => unknown;
  /** A stream's frames, the end mark included. The first says nothing yet. */
  readonly frames: (speech: Speech) => readonly Buffer[];
  /** What a stream's content type is, where it isn't server-sent events. */
  readonly streamType?: string;
  readonly error: (status: number, message: string) => unknown;
  readonly errorFrame: (message: string) => Buffer;
  /** Frames that mean nothing and may come at any time. */
  readonly pings: readonly Buffer[];
  /** A frame with that content in it, where frames aren't server-sent events. */
  readonly frameOf?: (content: string) => Buffer;
}

/** The time every reply claims to be made at, so that replies are the same on every run. */
export const CREATED = 1_700_000_000;

/** Server-sent events may have comments between them; other streams have none. */
export function commentsOf({ streamType }: Voice): readonly Buffer[] {
  return streamType === undefined ? [Buffer.from(': keep-alive\n\n')] : [];
}

/** A frame with that content in it, whatever it is. */
export function frameOf(voice: Voice, content: string): Buffer {
  return voice.frameOf?.(content) ?? frame(content);
}

/** One server-sent event. */
export function frame(content: unknown, event?: string): Buffer {
  const json = typeof content === 'string' ? content : JSON.stringify(content);
  return Buffer.from(event === undefined ? `data: ${json}\n\n` : `event: ${event}\ndata: ${json}\n\n`);
}

/** The text of a message's content, be it a string or parts. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => wordOf(part['text']))
    .join('');
}

/** The objects in a list; nothing when it is no list. */
export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

/** A value that should be a string, or nothing. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

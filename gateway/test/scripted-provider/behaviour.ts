import type { Voice } from './voice.ts';

/** One tool call the provider makes. */
export interface ScriptedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Token numbers to report. */
export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  /** Searches of the web, where the voice can say so. */
  readonly searches?: number;
  readonly reasoning?: number;
}

/** A place in a reply: before its headers, after the k-th event of a stream, or after the n-th byte of the body. */
export type Place = 'headers' | { readonly event: number } | { readonly byte: number };

/** Stop writing at a place, for ever or until a promise comes true. */
export interface Pause {
  readonly at: Place;
  readonly until?: Promise<unknown>;
}

/**
 * End a reply early. `rst` resets the connection, `fin` closes it, `eof` ends the body cleanly (last chunk and all) and
 * keeps the connection.
 */
export interface Cut {
  readonly how: 'rst' | 'fin' | 'eof';
  readonly at: Place;
}

/** Changes the frames of a stream before they are sent. */
export type FrameEdit = (frames: readonly Buffer[], voice: Voice) => readonly Buffer[];

/** How the provider answers one request. Everything is optional: `{}` says a friendly sentence. */
export interface Behaviour {
  readonly text?: string;
  readonly reasoning?: string;
  /** Said instead of the text, until the request ends with a tool result; then the text is said. */
  readonly calls?: readonly ScriptedCall[];
  readonly finish?: string;
  readonly choices?: number;
  /** The model name to say; the one that was asked for by default. */
  readonly model?: string;
  readonly usage?: ScriptedUsage | 'missing';

  readonly status?: number;
  readonly errorMessage?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly contentType?: string;
  /** Sent as it is, instead of a reply or an error. */
  readonly body?: string | Buffer;
  /** The same, but a stream is spoken as usual. */
  readonly jsonBody?: string;
  readonly frameEdits?: readonly FrameEdit[];
  readonly lineEnd?: 'crlf';
  readonly gzip?: 'good' | 'bad';
  /** Bytes the content-length promises and the body lacks. */
  readonly missingBytes?: number;

  readonly everyMs?: number;
  /** The body goes out in pieces of this many bytes. */
  readonly pieceBytes?: number;
  readonly pauses?: readonly Pause[];
  readonly cut?: Cut;
  /** A stream that never ends: after the event `to` it goes on behind the event `from`, as fast as it is read. */
  readonly repeat?: { readonly from: number; readonly to: number };
}

/** Joins behaviours into one: a later one wins, but headers, pauses and frame edits add up. */
export function behave(...parts: readonly Behaviour[]): Behaviour {
  let whole: Behaviour = {};
  for (const part of parts) {
    whole = {
      ...whole,
      ...part,
      headers: [...(whole.headers ?? []), ...(part.headers ?? [])],
      pauses: [...(whole.pauses ?? []), ...(part.pauses ?? [])],
      frameEdits: [...(whole.frameEdits ?? []), ...(part.frameEdits ?? [])],
    };
  }
  return whole;
}

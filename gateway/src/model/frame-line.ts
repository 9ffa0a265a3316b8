import type { Cancellation } from './cancellation.ts';

/** Who hears what comes over a line. */
export interface LineListener {
  readonly onFrame: (bytes: Buffer, isBinary: boolean) => void;
  /** The line is closed; called once. */
  readonly onClose: (code: number, reason: string) => void;
}

/** One end of a conversation in frames: a WebSocket. */
export interface FrameLine {
  /** Sends one frame, and calls back when it has left. */
  readonly send: (bytes: Buffer, isBinary: boolean, onSent: () => void) => void;
  readonly close: (code: number, reason: string) => void;
  /** Lets go at once. */
  readonly cut: () => void;
  /** Reads no further for a while. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** What came before somebody heard is heard then. */
  readonly hear: (listener: LineListener) => void;
}

/** A conversation that is to begin. */
export interface LineRequest {
  /** Names the provider in messages. */
  readonly provider: string;
  /** Scheme (http or https), host and port. */
  readonly origin: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly frameBytesMax: number;
  readonly timeoutMs: number;
  readonly cancellation: Cancellation;
}

/** Begins a conversation with a provider. Rejects with `upstream.*`. */
export type OpenLine = (request: LineRequest) => Promise<FrameLine>;

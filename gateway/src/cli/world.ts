import type { Environment } from '../config/environment-names.ts';

/** What a command may touch of the world outside. */
export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** With the `.env` file already read. */
  readonly env: () => Environment;
  readonly cwd: () => string;
}

/** Standard input. Destroying it ends whoever reads it. */
export interface Input extends AsyncIterable<Uint8Array> {
  readonly destroy: (reason: Error) => unknown;
}

/** The world as the command line sees it. */
export interface World {
  readonly io: CommandIo;
  readonly stdin: () => Input;
  /** Whether a person reads standard output, whose terminal obeys control characters. */
  readonly isTerminal: boolean;
  readonly onSignal: (name: 'SIGTERM' | 'SIGINT' | 'SIGHUP', heard: () => void) => void;
  /** Tells when nobody reads standard output any more, as behind `| head`. */
  readonly onOutputClosed: (heard: () => void) => void;
  readonly nowMs: () => number;
  /** Milliseconds that only go on. */
  readonly clockMs: () => number;
  /** What starts this program again: Node, its flags and the program's file. */
  readonly ownWords: readonly string[];
  /** Without the `v`. */
  readonly nodeVersion: string;
}

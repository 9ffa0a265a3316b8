import { type Desk, installed, type Work, work } from '../desk.ts';
import type { ReadingTool } from '../round-trip.ts';

/** What every agent is asked. */
export const QUESTION = 'Which words are in the notes?';

/** Where an agent works, and the gateway it asks. */
export interface Question {
  readonly desk: Desk;
  readonly url: string;
  readonly key: string;
}

/** A coding agent, and how it is told to look at the notes. */
export interface Agent {
  readonly name: string;
  /** Its entry, if it is installed. */
  readonly entry: string | undefined;
  readonly tool: ReadingTool;
  /** Who serves its model: a provider of the agent's own wire, and then those of others. */
  readonly targets: readonly string[];
  /** Whether it asks for what not every provider can do, so that the gateway must be let drop it. */
  readonly dropParams?: boolean;
  readonly ask: (question: Question) => Promise<Work>;
}

/** Nothing listens there: what an agent wants from the internet fails at once, and the loopback interface is direct. */
const OFFLINE = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1,localhost', DO_NOT_TRACK: '1' };

/** Runs an agent to its end, without the internet. */
export function workOffline(
  entry: string | undefined,
  words: readonly string[],
  { desk, env = {} }: { readonly desk: Desk; readonly env?: Readonly<Record<string, string>> },
): Promise<Work> {
  return work(entry ?? '', words, { desk, env: { ...OFFLINE, ...env } });
}

/** The entry of an agent as npm installed it in this folder, if it did. */
export function entryOf(path: string): string | undefined {
  return installed(path, 'more');
}

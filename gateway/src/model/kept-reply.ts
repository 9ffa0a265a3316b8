import type { ChatReply } from './fold.ts';

/** An answer that is kept to be given again. */
export interface KeptReply {
  readonly reply: ChatReply;
  /** The model asked for. */
  readonly model: string;
  /** What the first caller was told beside the answer: parameters that were dropped. */
  readonly notices: readonly string[];
  /** Unix time in milliseconds. */
  readonly keptAtMs: number;
  /** Unix time in milliseconds; absent when it is kept until there is no room. */
  readonly expiresAtMs?: number;
}

/** How full a store is. */
export interface ReplyStoreState {
  readonly entries: number;
  readonly sizeBytes: number;
  readonly bytesMax: number;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  /** Entries by the model asked for. */
  readonly models: ReadonlyMap<string, number>;
}

/** Where answers are kept. One that can't be reached may throw: the turn goes on without it. */
export interface ReplyStore {
  /** May give what has expired; whoever asks looks. */
  readonly get: (key: string) => KeptReply | undefined | Promise<KeptReply | undefined>;
  readonly set: (key: string, kept: KeptReply) => void | Promise<void>;
  readonly delete: (key: string) => void | Promise<void>;
  /** Forgets everything, or what was asked of one model; gives the number of entries. */
  readonly clear: (model?: string) => number | Promise<number>;
  readonly state: (nowMs: number) => ReplyStoreState | Promise<ReplyStoreState>;
}

import type { KeptReply, ReplyStore, ReplyStoreState } from '../model/kept-reply.ts';

/** How much is kept. */
export interface MemoryLimits {
  readonly bytesMax: number;
  readonly entriesMax: number;
}

/** What an entry takes beside its text: objects, and its place in the table. */
const ENTRY_BYTES = 512;

interface Entry {
  readonly kept: KeptReply;
  readonly bytes: number;
}

/** Keeps answers in this process. What wasn't asked for the longest goes first. */
export class MemoryReplies implements ReplyStore {
  readonly #entries = new Map<string, Entry>();
  #limits: MemoryLimits;
  #bytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  readonly get = (key: string): KeptReply | undefined => {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.kept;
  };

  readonly set = (key: string, kept: KeptReply): void => {
    this.delete(key);
    const bytes = ENTRY_BYTES + key.length + Buffer.byteLength(JSON.stringify(kept));
    if (bytes > this.#limits.bytesMax) return;
    this.#entries.set(key, { kept, bytes });
    this.#bytes += bytes;
    this.#makeRoom();
  };

  readonly delete = (key: string): void => {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  };

  readonly clear = (model?: string): number =>
    this.#deleteWhere(({ kept }) => model === undefined || kept.model === model);

  readonly state = (nowMs: number): ReplyStoreState => {
    this.#deleteWhere(({ kept }) => kept.expiresAtMs !== undefined && kept.expiresAtMs <= nowMs);
    const models = new Map<string, number>();
    let oldestMs: number | undefined;
    let newestMs: number | undefined;
    for (const { kept } of this.#entries.values()) {
      models.set(kept.model, (models.get(kept.model) ?? 0) + 1);
      oldestMs = Math.min(oldestMs ?? kept.keptAtMs, kept.keptAtMs);
      newestMs = Math.max(newestMs ?? kept.keptAtMs, kept.keptAtMs);
    }
    const { bytesMax } = this.#limits;
    return { entries: this.#entries.size, sizeBytes: this.#bytes, bytesMax, oldestMs, newestMs, models };
  };

  /** Other limits from now on. */
  limit(limits: MemoryLimits): void {
    this.#limits = limits;
    this.#makeRoom();
  }

  #makeRoom(): void {
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.#limits.bytesMax && this.#entries.size <= this.#limits.entriesMax) return;
      this.delete(key);
    }
  }

  #deleteWhere(goes: (entry: Entry) => boolean): number {
    let count = 0;
    for (const [key, entry] of this.#entries) {
      if (!goes(entry)) continue;
      this.delete(key);
      count += 1;
    }
    return count;
  }
}

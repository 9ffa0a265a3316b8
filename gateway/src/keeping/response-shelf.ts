/** A response that its caller may ask for again, or go on from. */
export interface KeptResponse {
  readonly id: string;
  /** Whose it is: nobody else may know that it is there. */
  readonly keyId: string;
  /** The response as it was said, and the items that it answered; in JSON, so that nothing is shared with a turn. */
  readonly response: string;
  readonly input: string;
  /** Unix times in milliseconds. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** How much is kept. */
export interface ShelfLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
  /** Longest one that is kept. */
  readonly responseBytesMax: number;
}

/** What an entry takes beside its texts: an object, and its place in the table. */
const ENTRY_BYTES = 512;

/** What one takes in memory. */
export function bytesOf({ response, input }: KeptResponse): number {
  return ENTRY_BYTES + Buffer.byteLength(response) + Buffer.byteLength(input);
}

/** Keeps responses in this process. The oldest go first. */
export class ResponseShelf {
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, { readonly kept: KeptResponse; readonly bytes: number }>();
  #limits: ShelfLimits;
  #bytes = 0;

  constructor(limits: ShelfLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Keeps one, unless it is too long, or another key has one of that name. Says whether it did. */
  add(kept: KeptResponse): boolean {
    const bytes = bytesOf(kept);
    const { responseBytesMax, bytesMax } = this.#limits;
    const before = this.#found(kept.id);
    if (bytes > Math.min(responseBytesMax, bytesMax) || (before && before.keyId !== kept.keyId)) return false;
    this.#remove(kept.id);
    this.#entries.set(kept.id, { kept, bytes });
    this.#bytes += bytes;
    this.#makeRoom();
    return true;
  }

  /** One that this key made; `others` if another key did. */
  find(id: string, keyId: string): KeptResponse | 'others' | undefined {
    const found = this.#found(id);
    return found && found.keyId !== keyId ? 'others' : found;
  }

  /** Forgets one that this key made. Says whether there was one. */
  remove(id: string, keyId: string): boolean {
    if (typeof this.find(id, keyId) !== 'object') return false;
    this.#remove(id);
    return true;
  }

  /** Forgets these, whoever made them. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#remove(id);
  }

  /** Other limits from now on. */
  limit(limits: ShelfLimits): void {
    this.#limits = limits;
    this.#makeRoom();
  }

  #found(id: string): KeptResponse | undefined {
    const kept = this.#entries.get(id)?.kept;
    if (!kept || kept.expiresAtMs > this.#nowMs()) return kept;
    this.#remove(id);
    return undefined;
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
  }

  #makeRoom(): void {
    for (const id of this.#entries.keys()) {
      if (this.#bytes <= this.#limits.bytesMax && this.#entries.size <= this.#limits.entriesMax) return;
      this.#remove(id);
    }
  }
}

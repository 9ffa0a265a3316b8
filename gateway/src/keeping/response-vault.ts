import { GatewayError } from '../model/error.ts';
import type { Deadlines } from '../model/upstream.ts';
import type { ResponseCaps, ResponseStore } from '../stores/contract.ts';
import type { ResponseRows } from './response-rows.ts';
import { bytesOf, type KeptResponse } from './response-shelf.ts';

/** How much may wait, how much stays, and how often other gateways are heard. */
export interface VaultLimits extends ResponseCaps {
  readonly waitingBytesMax: number;
  readonly removalsMs: number;
}

/** What the vault needs of the world. */
export interface ResponseVaultPorts {
  readonly store: ResponseStore;
  readonly rows: ResponseRows;
  readonly flushMs: number;
  readonly deadlines: Deadlines;
  readonly nowMs: () => number;
  readonly warn: (facts: object, message: string) => void;
}

/** One transaction takes no more, so that whoever removes one doesn't wait for long. */
const BATCH_ENTRIES_MAX = 100;
const BATCH_BYTES_MAX = 4_194_304;
/** Gateways' clocks may be apart by so much, and still hear of each other's removals. */
const CLOCKS_APART_MS = 60_000;
const REMOVALS_KNOWN_MS = 3_600_000;
const SWEEP_MS = 600_000;
/** What both databases take for a name. A provider may send anything. */
const NAME = /^[\x21-\x7e]{1,200}$/;

/** Keeps responses in the database, for later runs and other gateways. They are written behind. */
export class ResponseVault {
  readonly #ports: ResponseVaultPorts;
  readonly #flushing;
  readonly #looking;
  readonly #waiting = new Map<string, KeptResponse>();
  #limits: VaultLimits;
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  /** The transaction that runs. */
  #adding: Promise<void> | undefined;
  #dropped = 0;
  #isFailing = false;
  #hasUnreadable = false;
  #sweptAtMs = Number.NEGATIVE_INFINITY;
  #onRemoved: (ids: readonly string[]) => void = () => undefined;
  #isClosed = false;

  constructor(limits: VaultLimits, ports: ResponseVaultPorts) {
    this.#limits = limits;
    this.#ports = ports;
    this.#flushing = ports.deadlines(() => void this.flush());
    this.#looking = ports.deadlines(() => void this.#look());
  }

  /** From now on tells which responses other gateways have removed, and takes away what is over. */
  begin(onRemoved: (ids: readonly string[]) => void): void {
    this.#onRemoved = onRemoved;
    this.#looking.set(this.#limits.removalsMs);
  }

  add(kept: KeptResponse): void {
    this.#forget(kept.id);
    const bytes = bytesOf(kept);
    if (!NAME.test(kept.id) || this.#waitingBytes + bytes > this.#limits.waitingBytesMax) {
      this.#dropped += 1;
    } else {
      this.#waiting.set(kept.id, kept);
      this.#waitingBytes += bytes;
    }
    if (this.#waiting.size + this.#dropped === 1) this.#flushing.set(this.#ports.flushMs);
  }

  /** One that this key made; `others` if another key did. Rejects with `store.failed`. */
  async find(id: string, keyId: string): Promise<KeptResponse | 'others' | undefined> {
    const now = this.#ports.nowMs();
    const waiting = this.#waiting.get(id);
    if (waiting && waiting.expiresAtMs > now) return waiting.keyId === keyId ? waiting : 'others';
    if (!NAME.test(id)) return undefined;
    const row = await this.#asked(() => this.#ports.store.find(id, keyId, now), 'looked for');
    if (typeof row !== 'object') return row;
    try {
      return await this.#ports.rows.responseOf(row);
    } catch (thrown) {
      if (!this.#hasUnreadable)
        this.#ports.warn({ err: thrown }, 'kept responses could not be opened; was `records.encryptionKey` changed?');
      this.#hasUnreadable = true;
      return undefined;
    }
  }

  /** Removes one that this key made, also while it waits or is being written. Rejects with `store.failed`. */
  async remove(id: string, keyId: string): Promise<boolean> {
    const isWaiting = this.#waiting.get(id)?.keyId === keyId;
    if (isWaiting) this.#forget(id);
    if (!NAME.test(id)) return isWaiting;
    await this.#adding?.catch(() => undefined); // it may be the one that is being written
    const remove = () => this.#ports.store.remove(id, keyId, this.#ports.nowMs());
    return (await this.#asked(remove, 'removed')) || isWaiting;
  }

  limit(limits: VaultLimits): void {
    this.#limits = limits;
  }

  /** Brings what waits into the database. Resolves also when that fails; then it is tried again later. */
  flush(): Promise<void> {
    this.#flushing.clear();
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.size > 0 && !this.#isClosed) this.#flushing.set(this.#ports.flushMs);
    });
    return this.#writing;
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#looking.clear();
    await this.flush();
    await this.flush(); // what came in while the first one was running
    const { size: lost } = this.#waiting;
    if (lost > 0) this.#ports.warn({ lost }, 'responses were not kept: the database did not take them');
  }

  async #write(): Promise<void> {
    if (this.#dropped > 0)
      this.#ports.warn(
        { dropped: this.#dropped },
        'responses are kept in memory alone: too many wait for the database, or their ids are none',
      );
    this.#dropped = 0;
    try {
      while (this.#waiting.size > 0) {
        const batch = this.#batch();
        this.#adding = this.#ports.store.add(batch.map(this.#ports.rows.rowOf), this.#limits);
        await this.#adding;
        const isWaiting = (kept: KeptResponse): boolean => this.#waiting.get(kept.id) === kept; // the very same one
        for (const { id } of batch.filter(isWaiting)) this.#forget(id);
      }
      this.#isFailing = false;
    } catch (thrown) {
      this.#failed(thrown, 'the database did not take responses; they wait');
    } finally {
      this.#adding = undefined;
    }
  }

  #batch(): readonly KeptResponse[] {
    const batch: KeptResponse[] = [];
    let bytes = 0;
    for (const kept of this.#waiting.values()) {
      bytes += bytesOf(kept);
      if (batch.length > 0 && (bytes > BATCH_BYTES_MAX || batch.length === BATCH_ENTRIES_MAX)) break;
      batch.push(kept);
    }
    return batch;
  }

  async #look(): Promise<void> {
    const { store, nowMs } = this.#ports;
    const now = nowMs();
    const { removalsMs } = this.#limits;
    try {
      this.#onRemoved(await store.removedSince(now - removalsMs - CLOCKS_APART_MS));
      if (now - this.#sweptAtMs >= SWEEP_MS) {
        await store.expire(now, now - REMOVALS_KNOWN_MS);
        this.#sweptAtMs = now;
      }
      if (this.#waiting.size === 0) this.#isFailing = false;
    } catch (thrown) {
      this.#failed(thrown, 'the database could not be asked for removed responses');
    }
    if (!this.#isClosed) this.#looking.set(removalsMs);
  }

  #forget(id: string): void {
    const kept = this.#waiting.get(id);
    if (!kept) return;
    this.#waiting.delete(id);
    this.#waitingBytes -= bytesOf(kept);
  }

  /** Said once, until something is written again. */
  #failed(cause: unknown, message: string): void {
    if (!this.#isFailing) this.#ports.warn({ waiting: this.#waiting.size, err: cause }, message);
    this.#isFailing = true;
  }

  async #asked<T>(act: () => Promise<T>, done: string): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      throw new GatewayError('store.failed', `The response could not be ${done}.`, { cause });
    }
  }
}

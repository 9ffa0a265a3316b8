import { type KeptResponse, ResponseShelf, type ShelfLimits } from './response-shelf.ts';
import type { ResponseVault, VaultLimits } from './response-vault.ts';

/** What the keeper needs of the world. */
export interface ResponseKeeperPorts {
  readonly nowMs: () => number;
  /** Where responses outlive this process; without it they don't. */
  readonly vault?: ResponseVault | undefined;
}

/** Keeps responses: in memory, which is looked at first, and in the database behind it. */
export class ResponseKeeper {
  readonly #shelf: ResponseShelf;
  readonly #vault: ResponseVault | undefined;
  /** How many were removed so far; what was read meanwhile may be one of them. */
  #removals = 0;

  constructor(limits: ShelfLimits, { nowMs, vault }: ResponseKeeperPorts) {
    this.#shelf = new ResponseShelf(limits, nowMs);
    this.#vault = vault;
    vault?.begin((ids) => {
      if (ids.length > 0) this.#removals += 1;
      this.#shelf.forget(ids);
    });
  }

  /** Keeps one, unless it is too long, or another key has one of that name. */
  add(kept: KeptResponse): void {
    if (this.#shelf.add(kept)) this.#vault?.add(kept);
  }

  /** One that this key made; `others` if another key did. Rejects with `store.failed`. */
  async find(id: string, keyId: string): Promise<KeptResponse | 'others' | undefined> {
    const near = this.#shelf.find(id, keyId);
    if (near !== undefined || !this.#vault) return near;
    const removals = this.#removals;
    const far = await this.#vault.find(id, keyId);
    if (typeof far === 'object' && removals === this.#removals) this.#shelf.add(far);
    return far;
  }

  /** Forgets one that this key made. Says whether there was one. Rejects with `store.failed`: then it may be there still. */
  async remove(id: string, keyId: string): Promise<boolean> {
    const wasNear = this.#shelf.remove(id, keyId);
    if (!this.#vault) return wasNear;
    const wasFar = await this.#vault.remove(id, keyId);
    this.#removals += 1;
    this.#shelf.remove(id, keyId); // somebody may have read it while it was being removed
    return wasNear || wasFar;
  }

  /** Other limits from now on. */
  limit(limits: ShelfLimits & VaultLimits): void {
    this.#shelf.limit(limits);
    this.#vault?.limit(limits);
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    await this.#vault?.close();
  }
}

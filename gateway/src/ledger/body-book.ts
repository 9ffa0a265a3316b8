import type { Deadlines } from '../model/upstream.ts';
import type { BodyRow, RecordStore, Sealing } from '../stores/contract.ts';

/** How bodies are written behind. */
export interface BodyBookSettings {
  readonly flushMs: number;
  /** Longer ones are cut, and say so. */
  readonly bodyCharactersMax: number;
}

/** What the book needs of the world. */
export interface BodyBookPorts {
  readonly store: Pick<RecordStore, 'addBodies' | 'body'>;
  readonly sealing: Sealing;
  readonly deadlines: Deadlines;
  readonly nowMs: () => number;
  readonly warn: (facts: object, message: string) => void;
}

/** Bodies are a convenience, unlike spend: more than these that wait are dropped, and the operator is told. */
const WAITING_MAX = 1000;
const CUT_MARK = '… (cut)';

/** Keeps what was said, sealed. */
export class BodyBook {
  readonly #settings: BodyBookSettings;
  readonly #ports: BodyBookPorts;
  readonly #flushing;
  #waiting: BodyRow[] = [];
  #dropped = 0;

  constructor(settings: BodyBookSettings, ports: BodyBookPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#flushing = ports.deadlines(() => void this.flush());
  }

  add(requestId: string, keyId: string, text: string): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#dropped += 1;
      return;
    }
    const { bodyCharactersMax } = this.#settings;
    const kept = text.length > bodyCharactersMax ? text.slice(0, bodyCharactersMax) + CUT_MARK : text;
    const sealed = this.#ports.sealing.seal(kept, requestId);
    this.#waiting.push({ requestId, keyId, at: this.#ports.nowMs(), sealed });
    if (this.#waiting.length === 1) this.#flushing.set(this.#settings.flushMs);
  }

  /** Brings what waits into the database. What it doesn't take is dropped. */
  async flush(): Promise<void> {
    this.#flushing.clear();
    const rows = this.#waiting;
    this.#waiting = [];
    try {
      await this.#ports.store.addBodies(rows);
    } catch (thrown) {
      this.#dropped += rows.length;
      this.#ports.warn({ err: thrown }, 'the database did not take bodies');
    }
    if (this.#dropped > 0) this.#ports.warn({ dropped: this.#dropped }, 'bodies were dropped');
    this.#dropped = 0;
  }

  /** What was said in a turn; `undefined` when it wasn't kept. Rejects when it can't be opened. */
  async text(requestId: string): Promise<string | undefined> {
    await this.flush();
    const row = await this.#ports.store.body(requestId);
    return row && this.#ports.sealing.open(row.sealed, requestId);
  }
}

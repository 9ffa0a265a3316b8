import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { TurnRecord } from '../model/turn.ts';
import { beginning, type Deadlines, type Sleep, type Transport } from '../model/upstream.ts';
import type { Callback, Delivery } from '../callbacks/contract.ts';

/** How turns wait for their delivery. */
export interface OutboxSettings {
  readonly on: readonly ('success' | 'error')[];
  readonly batchSizeMax: number;
  readonly flushMs: number;
  readonly queueMax: number;
  readonly timeoutMs: number;
}

/** What the outbox needs of the world. */
export interface OutboxPorts {
  readonly transport: Transport;
  readonly deadlines: Deadlines;
  readonly sleep: Sleep;
  /** Something that an operator should see. */
  readonly warn: (facts: object, message: string) => void;
}

const TRIES = 3;
const RETRY_MS = 500;
const ANSWER_BYTES_MAX = 64 * 1024;

/** Delivers finished turns to one callback, in batches, without ever holding up a turn. */
export class Outbox {
  readonly #callback: Callback;
  readonly #settings: OutboxSettings;
  readonly #ports: OutboxPorts;
  readonly #closing = new Cancellation();
  #queue: TurnRecord[] = [];
  #dropped = 0;
  #sending: Promise<void> | undefined;
  readonly #flush;

  constructor(callback: Callback, settings: OutboxSettings, ports: OutboxPorts) {
    this.#callback = callback;
    this.#settings = settings;
    this.#ports = ports;
    this.#flush = ports.deadlines(() => this.#send());
  }

  /** Takes a turn in, or drops and counts it when too many wait already. */
  readonly add = (record: TurnRecord): void => {
    if (!this.#settings.on.includes(record.end === 'finished' ? 'success' : 'error')) return;
    if (this.#queue.length >= this.#settings.queueMax) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push(record);
    if (this.#queue.length >= this.#settings.batchSizeMax) this.#send();
    else if (this.#queue.length === 1) this.#flush.set(this.#settings.flushMs);
  };

  /** Delivers what waits, and resolves when that is done or `ms` are over. */
  async close(ms: number): Promise<void> {
    const late = this.#ports.deadlines(() =>
      this.#closing.cancel(new GatewayError('gateway.stopping', 'The gateway is stopping.')),
    );
    late.set(ms);
    while ((this.#queue.length > 0 || this.#sending) && !this.#closing.reason) {
      this.#send();
      await this.#sending;
    }
    late.clear();
    this.#flush.clear();
  }

  #send(): void {
    this.#flush.clear();
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      // Those that came in the very moment the sending ended.
      if (this.#queue.length > 0) this.#flush.set(this.#settings.flushMs);
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, this.#settings.batchSizeMax);
      await this.#deliver(batch);
    }
    if (this.#dropped > 0)
      this.#ports.warn(
        { callback: this.#callback.name, dropped: this.#dropped },
        'turns were dropped, since too many were waiting',
      );
    this.#dropped = 0;
  }

  async #deliver(batch: readonly TurnRecord[]): Promise<void> {
    let reason = '';
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        const { status, answer } = await this.#post(this.#callback.delivery(batch));
        reason = status < 300 ? (this.#callback.complaint?.(answer) ?? '') : `status ${status}`;
        if (status < 500 && status !== 429 && status !== 408) break;
      } catch (thrown) {
        reason = thrown instanceof Error ? thrown.message : 'unknown';
      }
      if (tries < TRIES) await this.#ports.sleep(RETRY_MS * tries, this.#closing).catch(() => undefined);
    }
    if (reason === '') return;
    this.#ports.warn(
      { callback: this.#callback.name, turns: batch.length, reason },
      'a callback could not be delivered',
    );
  }

  async #post({ url, headers, body }: Delivery): Promise<{ readonly status: number; readonly answer: string }> {
    const { origin, pathname, search } = new URL(url);
    const { timeoutMs } = this.#settings;
    const request = {
      provider: this.#callback.name,
      method: 'POST' as const,
      origin,
      path: pathname + search,
      headers: Object.entries(headers).flat(),
      body: Buffer.from(body),
    };
    const response = await this.#ports.transport(request, {
      cancellation: this.#closing,
      headersTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
    });
    // Read, since a body that is given up takes its connection along.
    return { status: response.status, answer: await beginning(response.body, ANSWER_BYTES_MAX) };
  }
}

/**
 * A callback is told of finished turns, in batches, off the hot path. It turns records into one HTTP request; queueing,
 * retries and limits are the outbox's (`ledger/outbox.ts`). To add one, write `callbacks/acme.ts`, a line in `index.ts`
 * and its settings in `config/schema.ts`.
 */
import type { TurnRecord } from '../model/turn.ts';

/** One delivery, ready for the wire. */
export interface Delivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Somebody who wants to hear of finished turns. */
export interface Callback {
  readonly name: string;
  readonly delivery: (records: readonly TurnRecord[]) => Delivery;
  /** What the receiver says in a good answer that it didn't take; `undefined` when it took everything. Never throws. */
  readonly complaint?: (answer: string) => string | undefined;
}

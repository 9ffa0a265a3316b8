import type { Cancellation } from '../model/cancellation.ts';
import type { GatewayError } from '../model/error.ts';
import type { KeptReply } from '../model/kept-reply.ts';
import type { Deadlines } from '../model/upstream.ts';

/** How a question that others waited for came out; `late` for one who waited no longer. One with a `similarity` was found by meaning. */
export type Landing =
  | { readonly how: 'kept'; readonly kept: KeptReply; readonly similarity?: number | undefined }
  | { readonly how: 'unshared' | 'failed' | 'cancelled' | 'late' };

const LATE: Landing = { how: 'late' };

/** One question that is being asked, and those who wait for its answer. */
export class Flight {
  readonly #waiting = new Set<(landing: Landing) => void>();
  readonly #onLanded: () => void;
  #hasLanded = false;

  constructor(onLanded: () => void) {
    this.#onLanded = onLanded;
  }

  /** Waits for the answer, so long and no longer. Rejects with the reason when the one who waits goes away. */
  landing(cancellation: Cancellation, deadlines: Deadlines, waitMs: number): Promise<Landing> {
    return new Promise((resolve, reject) => {
      const deadline = deadlines(() => leave(LATE));
      const leave = (landing: Landing): void => {
        tidyUp();
        resolve(landing);
      };
      const onGone = (reason: GatewayError): void => {
        tidyUp();
        reject(reason);
      };
      const tidyUp = (): void => {
        deadline.clear();
        cancellation.off(onGone);
        this.#waiting.delete(leave);
      };
      this.#waiting.add(leave);
      deadline.set(waitMs);
      cancellation.on(onGone);
    });
  }

  /** Tells everybody who waits. A second time is ignored. */
  land(landing: Landing): void {
    if (this.#hasLanded) return;
    this.#hasLanded = true;
    this.#onLanded();
    for (const leave of this.#waiting) leave(landing);
  }
}

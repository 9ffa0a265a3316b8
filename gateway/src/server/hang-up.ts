import type { ServerResponse } from 'node:http';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';

/** Cancels a turn when its caller goes away before the answer is complete. */
export class HangUp {
  readonly cancellation = new Cancellation();
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('close', this.#onClose);
  }

  /** The turn is over; whatever the connection does now is no hanging up. */
  close(): void {
    this.#response.off('close', this.#onClose);
  }

  readonly #onClose = (): void => {
    if (this.#response.writableFinished) return;
    this.cancellation.cancel(new GatewayError('request.cancelled', 'The caller went away.'));
  };
}

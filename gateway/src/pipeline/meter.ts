import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ReplyEvent, Usage } from '../model/reply.ts';
import type { Outcome } from '../model/turn.ts';

/** Rough: what a token of English prompt takes in a request body. Used only when a reply was cut before usage came. */
const REQUEST_BYTES_PER_TOKEN = 4;

/** What the meter must know of the request and its target. */
export interface Metered {
  /** The size of the request, for an estimate of its tokens. */
  readonly requestBytes: number;
  /** How many answers must finish. */
  readonly choiceCount?: number | undefined;
  /** Takes out of a provider's error what must not be repeated. */
  readonly repeatable?: ((error: GatewayError) => GatewayError) | undefined;
}

const same = (error: GatewayError): GatewayError => error;

/** Knows how a reply ended and what it cost. */
export class Meter {
  readonly #requestBytes: number;
  readonly #choiceCount: number;
  readonly #repeatable: (error: GatewayError) => GatewayError;
  #usage: Usage | undefined;
  #error: GatewayError | undefined;
  #finishedCount = 0;
  #ended = false;
  #outputPieces = 0;
  #blind = false;
  #missedByWatchers = false;

  constructor({ requestBytes, choiceCount = 1, repeatable = same }: Metered) {
    this.#requestBytes = requestBytes;
    this.#choiceCount = choiceCount;
    this.#repeatable = repeatable;
  }

  readonly see = (event: ReplyEvent): void => {
    switch (event.type) {
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'error':
        this.#error ??= this.#repeatable(event.error);
        break;
      case 'finish':
        this.#finishedCount += 1;
        break;
      case 'end':
        this.#ended = true;
        break;
      default:
        break;
    }
  };

  /** So many pieces of output went by unread. */
  count(pieces: number): void {
    this.#outputPieces += pieces;
  }

  /** Looking failed: from now on nobody knows what goes by. */
  goBlind(): void {
    this.#blind = true;
  }

  /** A watcher failed: the reply is fine, but nobody may trust what was seen of it. */
  missedByWatcher(): void {
    this.#missedByWatchers = true;
  }

  /** What the provider said went wrong, as it may be repeated. */
  get error(): GatewayError | undefined {
    return this.#error;
  }

  /** Every answer was finished, but the mark that closes the stream didn't come. */
  get lacksEndMark(): boolean {
    return this.#isFinished && !this.#ended;
  }

  /** The stream has said that it is over; what happens to the connection afterwards is nobody’s concern. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** A reply that stops without saying so was cut short. It must never pass for a short answer. */
  cutShort(): GatewayError | undefined {
    if (this.#isFinished || this.#ended || this.#error || this.#blind) return undefined;
    return new GatewayError('upstream.broke', 'The provider’s reply stopped in the middle.');
  }

  get #isFinished(): boolean {
    return this.#finishedCount >= this.#choiceCount;
  }

  outcome(end: Outcome['end'], error = this.#error): Outcome {
    const usage = this.#usage ?? (this.#outputPieces > 0 ? this.#estimate() : undefined);
    return {
      end: error && end !== 'cancelled' ? 'failed' : end,
      usage,
      usageEstimated: usage !== undefined && this.#usage === undefined,
      error,
      blind: this.#blind || this.#missedByWatchers,
    };
  }

  #estimate(): Usage {
    return { inputTokens: Math.ceil(this.#requestBytes / REQUEST_BYTES_PER_TOKEN), outputTokens: this.#outputPieces };
  }
}

/** How a turn ended that didn't finish: its caller went away, or something failed. */
export function failedOutcome(meter: Meter, error: GatewayError, cancellation: Cancellation): Outcome {
  return meter.outcome(cancellation.reason && error.code === 'request.cancelled' ? 'cancelled' : 'failed', error);
}

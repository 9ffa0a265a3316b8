import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ReplyEvent, Usage } from '../model/reply.ts';
import type { Outcome } from '../model/turn.ts';

/** Rough: what a token of English prompt takes in a request body. Used only when a reply was cut before usage came. */
const REQUEST_BYTES_PER_TOKEN = 4;

/** Knows how a reply ended and what it cost. */
export class Meter {
  readonly #requestBytes: number;
  readonly #choiceCount: number;
  #usage: Usage | undefined;
  #error: GatewayError | undefined;
  #finished: Set<number> | undefined;
  #ended = false;
  #outputPieces = 0;
  #blind = false;

  /** `requestBytes` is the size of the request, for an estimate of its tokens; `choiceCount` how many answers must finish. */
  constructor(requestBytes: number, choiceCount = 1) {
    this.#requestBytes = requestBytes;
    this.#choiceCount = choiceCount;
  }

  readonly see = (event: ReplyEvent): void => {
    switch (event.type) {
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'error':
        this.#error ??= event.error;
        break;
      case 'finish':
        (this.#finished ??= new Set()).add(event.choice);
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
    return (this.#finished?.size ?? 0) >= this.#choiceCount;
  }

  outcome(end: Outcome['end'], error = this.#error): Outcome {
    const usage = this.#usage ?? (this.#outputPieces > 0 ? this.#estimate() : undefined);
    return {
      end: error && end !== 'cancelled' ? 'failed' : end,
      usage,
      usageEstimated: usage !== undefined && this.#usage === undefined,
      error,
      blind: this.#blind,
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

import { GatewayError } from '../model/error.ts';
import type { Deadline, Deadlines, TransportOptions, UpstreamRequest, UpstreamResponse } from '../model/upstream.ts';
import { type BodySource, StreamedBody } from './body.ts';
import { decompressed } from './decompressed.ts';
import { connectionFailure } from './failure.ts';
import type { ReplyHead } from './reply-head.ts';

/** Who has a request in hand: the queue that it waits in, then the connection that carries it. */
export interface Carrier {
  readonly abandon: (exchange: Exchange) => void;
}

/** Where the bytes of a body come from. */
export interface Flow {
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Where the answer goes. */
export interface Settle {
  readonly resolve: (response: UpstreamResponse) => void;
  readonly reject: (error: GatewayError) => void;
}

/** One request and its reply: from what a connection tells to a response with a body that can be read at leisure. */
export class Exchange implements BodySource {
  readonly request: UpstreamRequest;
  /** The request's head, ready for the wire. */
  readonly head: string;
  carrier: Carrier | undefined;
  readonly #options: TransportOptions;
  readonly #settle: Settle;
  readonly #deadline: Deadline;
  #body: StreamedBody | undefined;
  #flow: Flow | undefined;
  #isOver = false;

  constructor(
    { request, head }: { readonly request: UpstreamRequest; readonly head: string },
    options: TransportOptions,
    deadlines: Deadlines,
    settle: Settle,
  ) {
    this.request = request;
    this.head = head;
    this.#options = options;
    this.#settle = settle;
    this.#deadline = deadlines(() => this.#expired());
    this.#deadline.set(options.headersTimeoutMs);
    options.cancellation.on(this.#fail);
  }

  onHead({ status, headers }: ReplyHead, flow: Flow): void {
    this.#flow = flow;
    this.#deadline.clear();
    this.#body = new StreamedBody(this, this.#deadline, this.#options.idleTimeoutMs);
    try {
      const body = decompressed(this.#body, headers['content-encoding'], this.request.provider);
      this.#settle.resolve({ status, headers, body });
    } catch (thrown) {
      this.#fail(GatewayError.from(thrown));
    }
  }

  onBody(bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onEnd(): void {
    this.#finish();
    this.#body?.finish();
  }

  onFailure(thrown: unknown): void {
    this.#fail(connectionFailure(thrown, this.request.provider));
  }

  pause(): void {
    this.#flow?.pause();
  }

  resume(): void {
    this.#flow?.resume();
  }

  abort(reason: Error): void {
    this.#fail(GatewayError.from(reason));
  }

  #expired(): void {
    const { provider } = this.request;
    const { headersTimeoutMs, idleTimeoutMs } = this.#options;
    const message = this.#body
      ? `${provider} sent nothing for ${idleTimeoutMs} ms (idle timer).`
      : `${provider} sent no response headers within ${headersTimeoutMs} ms (headers timer).`;
    this.#fail(new GatewayError('upstream.timeout', message));
  }

  readonly #fail = (error: GatewayError): void => {
    if (this.#isOver) return;
    const { carrier } = this;
    this.#finish();
    carrier?.abandon(this);
    this.#settle.reject(error); // no effect once resolved
    this.#body?.fail(error);
  };

  #finish(): void {
    this.#isOver = true;
    this.carrier = this.#flow = undefined;
    this.#deadline.clear();
    this.#options.cancellation.off(this.#fail);
  }
}

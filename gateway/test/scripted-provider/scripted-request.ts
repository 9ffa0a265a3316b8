import { headersOf } from './request-reader.ts';
import type { ArrivedRequest } from './request-reader.ts';
import { wordOf } from './voice.ts';

/** How a request ended: answered whole, given up by the caller, cut by the script, or closed with the provider. */
export type Ending = 'answered' | 'aborted' | 'cut' | 'closed';

/** A request the provider got, and what became of it. */
export class ScriptedRequest {
  /** 1 for the first request of this provider. */
  readonly number: number;
  readonly method: string;
  /** The path with its query, as it came. */
  readonly path: string;
  readonly body: Buffer;
  readonly arrivedAtMs = performance.now();
  ending: Ending | undefined = undefined;
  endedAtMs: number | undefined = undefined;
  /** Body bytes handed to the socket so far. */
  sentBytes = 0;
  /** Comes true when the request has ended. */
  readonly ended: Promise<Ending>;
  readonly #headText: string;
  #headers: Readonly<Record<string, string>> | undefined;
  #json: Readonly<Record<string, unknown>> | undefined;
  #resolve: (ending: Ending) => void = () => {};

  constructor(arrived: ArrivedRequest, number: number) {
    this.number = number;
    this.method = arrived.method;
    this.path = arrived.path;
    this.body = arrived.body;
    this.#headText = arrived.headText;
    this.ended = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** Header names in lower case. */
  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= headersOf(this.#headText);
    return this.#headers;
  }

  /** The body as a JSON object; an empty one when it is none. */
  get json(): Readonly<Record<string, unknown>> {
    this.#json ??= objectIn(this.body);
    return this.#json;
  }

  get model(): string {
    return wordOf(this.json['model']);
  }

  /** The caller went away before the reply was whole. */
  get aborted(): boolean {
    return this.ending === 'aborted';
  }

  /** Notes the end; only the first one counts. */
  end(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.endedAtMs = performance.now();
    this.#resolve(ending);
  }
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

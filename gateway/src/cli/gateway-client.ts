import { createParser } from 'eventsource-parser';
import type { Credentials } from './credentials.ts';
import { oneLine } from './plain-text.ts';

/** The gateway's refusal, or that there is none; the message is one line to be shown. */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure';
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(oneLine(message));
    this.status = status;
  }
}

/** What a gateway may say at most. */
const ANSWER_BYTES_MAX = 67_108_864;
const EVENT_CHARS_MAX = 16_777_216;

type Fields = Readonly<Record<string, unknown>>;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
}

/** Asks a gateway over HTTP, as any other program would. */
export class GatewayClient {
  readonly endpoint: string;
  readonly #key: string | undefined;
  readonly #signal: AbortSignal;

  constructor({ endpoint, key }: Pick<Credentials, 'endpoint' | 'key'>, signal: AbortSignal) {
    this.endpoint = endpoint;
    this.#key = key;
    this.#signal = signal;
  }

  get(path: string): Promise<Fields> {
    return this.send('GET', path);
  }

  /** Resolves to the answer's JSON. Throws `GatewayFailure`. */
  async send(method: string, path: string, body?: object): Promise<Fields> {
    const sent = { method, path, body };
    const response = await this.#fetch(sent);
    const answer = jsonIn(await this.#text(response));
    if (!response.ok) throw this.#refusal(response, answer);
    if (answer === undefined) throw this.#stranger(response);
    return answer;
  }

  /** Gives what each event of a stream says. Throws `GatewayFailure`, also where the stream stops without its end. */
  async *stream(path: string, body: object): AsyncGenerator<Fields> {
    const response = await this.#fetch({ method: 'POST', path, body });
    if (!response.ok) throw this.#refusal(response, jsonIn(await this.#text(response)));
    for await (const said of this.#events(response)) {
      if (said === '[DONE]') return;
      const event = jsonIn(said);
      if (event === undefined) throw this.#stranger(response);
      if (event['error'] !== undefined) throw this.#refusal(response, event);
      yield event;
    }
    throw new GatewayFailure(`The answer stopped before its end${idOf(response)}.`);
  }

  async #fetch({ method, path, body }: Sent): Promise<Response> {
    const headers = {
      ...(this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const init = { method, headers, redirect: 'manual' as const, signal: this.#signal };
    try {
      return await fetch(this.endpoint + path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    } catch (thrown) {
      throw this.#unreachable(thrown);
    }
  }

  async #text(response: Response): Promise<string> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of this.#pieces(response)) {
      bytes += piece.length;
      if (bytes > ANSWER_BYTES_MAX) throw new GatewayFailure(`The answer is longer than ${ANSWER_BYTES_MAX} bytes.`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  async *#events(response: Response): AsyncGenerator<string> {
    const said: string[] = [];
    let isTooLong = false;
    const parser = createParser({
      onEvent: ({ data }) => void said.push(data),
      onError: ({ type }) => void (isTooLong ||= type === 'max-buffer-size-exceeded'),
      maxBufferSize: EVENT_CHARS_MAX,
    });
    const decoder = new TextDecoder();
    for await (const piece of this.#pieces(response)) {
      parser.feed(decoder.decode(piece, { stream: true }));
      if (isTooLong) throw new GatewayFailure(`An event is longer than ${EVENT_CHARS_MAX} characters.`);
      yield* said.splice(0);
    }
  }

  async *#pieces({ body }: Response): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body ?? []) yield piece as Uint8Array;
    } catch (thrown) {
      throw this.#unreachable(thrown);
    }
  }

  #unreachable(thrown: unknown): unknown {
    if (this.#signal.aborted || thrown instanceof GatewayFailure) return thrown;
    const advice = 'Start one with "synthlang serve", or name another one with --endpoint.';
    return new GatewayFailure(`No gateway answers at ${this.endpoint} (${reasonOf(thrown)}). ${advice}`);
  }

  #refusal(response: Response, answer: Fields | undefined): GatewayFailure {
    const error = answer?.['error'];
    if (typeof error !== 'object' || error === null) return this.#stranger(response);
    const { code, type, message } = error as Fields;
    const name = [code, type].find((word) => typeof word === 'string') ?? response.status;
    return new GatewayFailure(`${String(name)}: ${String(message)}${idOf(response)}`, response.status);
  }

  #stranger({ status }: Response): GatewayFailure {
    const told = `${this.endpoint} answered ${status} with something that no SynthLang gateway says.`;
    return new GatewayFailure(`${told} Is the endpoint right?`, status);
  }
}

function idOf({ headers }: Response): string {
  const id = headers.get('x-request-id');
  return id === null ? '' : ` (request ${id})`;
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return String(cause);
}

function jsonIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

import type { Cancellation } from './cancellation.ts';

/** One question to one provider, ready for the wire. */
export interface UpstreamRequest {
  /** Names the provider in messages. */
  readonly provider: string;
  readonly method: 'POST' | 'GET' | 'DELETE' | 'PUT' | 'PATCH' | 'HEAD';
  /** Scheme, host and port. */
  readonly origin: string;
  readonly path: string;
  /** Names and values in turn, as they go out. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
  /** A body that is sent as it comes, instead of `body`. Nobody can send it twice. */
  readonly stream?: BodyStream;
}

/** A body that isn't held in memory. */
export interface BodyStream {
  /** How long it is; absent when nobody knows before its end. */
  readonly bytes: number | undefined;
  readonly pieces: AsyncIterable<Buffer>;
}

/** The body of a provider's answer. It can be read once; `cancel` lets the connection go and may be called twice. */
export interface UpstreamBody extends AsyncIterable<Buffer> {
  readonly cancel: () => void;
}

/** What a provider answered, before anybody has read the body. */
export interface UpstreamResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: UpstreamBody;
}

/** The timers that belong to the connection itself, in milliseconds. */
export interface TransportOptions {
  readonly cancellation: Cancellation;
  /** Until the response headers are there. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body, while somebody is waiting for one. */
  readonly idleTimeoutMs: number;
}

/** The one door to the outside world. `upstream/http.ts` is the real one; tests pass a function. */
export type Transport = (request: UpstreamRequest, options: TransportOptions) => Promise<UpstreamResponse>;

/** Ways to sign a request with what a key alone can't: each has a file in `signers/`. */
export type SigningKind = 'aws' | 'google' | 'entra';

/** What is needed to sign for one deployment. */
export interface SigningGround {
  readonly key: string | undefined;
  /** The provider's fields as the operator gave them. */
  readonly fields: Readonly<Record<string, string | undefined>>;
  readonly cancellation: Cancellation;
}

/** Gives the request back with what proves who sends it. Throws `upstream.auth` when that can't be had. */
export type Signer = (request: UpstreamRequest, ground: SigningGround) => Promise<UpstreamRequest>;

/** The signers there are. */
export type Signers = Readonly<Partial<Record<SigningKind, Signer>>>;

/** Waits, and rejects with the cancellation's reason when that comes first. */
export type Sleep = (ms: number, cancellation: Cancellation) => Promise<void>;

/** A timer that costs nothing to set again: a shared clock looks at all of them. */
export interface Deadline {
  /** Calls back once, `ms` from now at the earliest. Setting again replaces. */
  set(ms: number): void;
  clear(): void;
}

/** Makes deadlines. */
export type Deadlines = (onExpired: () => void) => Deadline;

/** The first `bytesMax` bytes or so of a body, as text; the rest is not read. What came before a failure counts. */
export async function beginning(body: UpstreamBody, bytesMax: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const bytes of body) {
      parts.push(bytes);
      size += bytes.length;
      if (size > bytesMax) break;
    }
  } catch {
    // Whoever asks for the beginning alone has the status, which says enough.
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * A dialect is a wire format in both directions: ingress and providers share it. Its functions are pure and
 * synchronous: no I/O, no clock, no randomness. To write one, copy the smallest peer, implement the codecs and the
 * two patchers, add it to `index.ts`, and put a fixture beside the others; the suites over `index.ts` do the rest.
 *
 * A reply travels as *frames*: whole events of a stream as they came (a server-sent event with its blank line, a line of
 * JSON, one of Amazon's messages), or the one JSON body. `frames.ts` cuts bytes into frames, so no dialect ever sees half of one.
 */
import type { GatewayError } from '../model/error.ts';
import type { ReplyEvent, StreamForm, Wire } from '../model/reply.ts';
import type { Ask, ChatRequest, DialectId, Origin } from '../model/request.ts';

/** A machine that eats one thing and gives others. `end` is called once, after the last push. */
export interface Transducer<In, Out> {
  push: (input: In) => readonly Out[];
  end: () => readonly Out[];
}

/** Something the caller asked for and this wire can't say. A lost `hint` changes the price or the comfort, not the answer. */
export interface Loss {
  /** The field as the caller knows it, e.g. `seed`. */
  readonly what: string;
  readonly kind: 'parameter' | 'hint';
}

/** What goes out, and what of the request could not be said in it. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly losses: readonly Loss[];
}

/** The named changes that keep a request on the byte path. */
export interface RequestPatch {
  /** The name the provider knows the model by. */
  readonly model: string;
  /** Top-level fields to take out: our own switches, and parameters that were dropped by permission. */
  readonly cut: readonly string[];
}

/** The named changes that keep a reply on the byte path. */
export interface ReplyPatch {
  /** The caller's name for the model. */
  readonly model: string;
  /** Take out a usage frame that nobody asked for. */
  readonly withholdUsage: boolean;
}

/** A wire format, in both directions. */
export interface Dialect {
  readonly id: DialectId;
  /** How its streams are cut into frames. */
  readonly streamForm: StreamForm;
  /** The frame that closes a stream, where it is one that says nothing else and some providers forget it. */
  readonly endMark?: Buffer;

  /**
   * Checks a request strictly, once, and names the field that is wrong; `requestSpans` refuses fields that stand twice. `body` is `bytes` parsed. The conversation is
   * decoded when somebody looks. Throws `request.invalid`.
   */
  readonly readRequest: (origin: Origin) => Ask;
  /** Writes a request for a provider. Streams always ask for usage, since the ledger needs it. */
  readonly encodeRequest: (request: ChatRequest, model: string) => Encoded;
  /** Changes only what the patch names; every other byte stays. `undefined` when it isn't sure: then re-encode. */
  readonly patchRequest: (origin: Origin, patch: RequestPatch) => Buffer | undefined;

  /** Frames to events. Throws on a frame that can't be read. A whole JSON body ends with `end` as well. */
  readonly decodeReply: (form: Wire['form']) => Transducer<Buffer, ReplyEvent>;
  /**
   * The meter's decoder: only `usage`, `finish`, `error` and `end` events, found with as little reading as possible;
   * every other frame costs a few byte searches.
   */
  readonly glanceReply: (form: Wire['form']) => Transducer<Buffer, ReplyEvent>;
  /** Frame to frame. A frame it isn't sure of passes unchanged. `undefined` takes the frame out. */
  readonly patchReply: (form: Wire['form'], patch: ReplyPatch) => (frame: Buffer) => Buffer | undefined;
  /** Events to bytes. After an `error` event `end` adds no closing mark; an `error` as the very first event is said alone. `options.usage` false leaves usage out of a stream. */
  readonly encodeReply: (form: Wire['form'], options: EncodeOptions) => Transducer<ReplyEvent, Buffer>;

  /** An error before the first byte of a reply: the JSON body for `error.status`. */
  readonly encodeError: (error: GatewayError, requestId: string) => Buffer;
  /** Reads a provider's error body (HTTP status not 2xx): what it says of itself, in some wires by headers too. Never throws. */
  readonly readError: (body: unknown, headers?: UpstreamHeaders) => UpstreamComplaint;
}

/** How to say a reply. */
export interface EncodeOptions {
  /** The model name to say, whatever the events say. */
  readonly model: string;
  /** Whether a stream says usage. */
  readonly usage: boolean;
  /** Unix time in seconds, said where the provider didn't say when it answered. */
  readonly nowSeconds?: number;
}

/** The headers of a provider's answer, by lower-case name. */
export type UpstreamHeaders = Readonly<Record<string, string | undefined>>;

/** A provider's error in plain words. */
export interface UpstreamComplaint {
  readonly message: string | undefined;
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly param: string | undefined;
  /** What it means to the router, where type or code says more than the status. */
  readonly means: 'context-window' | 'content-policy' | 'overloaded' | 'rate-limited' | 'auth' | undefined;
}

import type { GatewayError } from './error.ts';
import type { Citation, DialectId, Extra } from './request.ts';
import type { Units } from './units.ts';

/** Tokens of one reply, as the provider counts them. Integers. */
export interface Usage {
  /** All input, what was read from and written to the provider's cache included. */
  readonly inputTokens: number;
  /** All output, reasoning included. */
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
  /** Written to the provider's cache, all lifetimes together. */
  readonly cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` that is kept for an hour. */
  readonly cacheWrite1hTokens?: number;
  readonly reasoningTokens?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
  /** What is paid for besides tokens. */
  readonly units?: Units;
  /** What is paid for, where that isn't what was read and written. */
  readonly billed?: { readonly inputTokens: number; readonly outputTokens: number };
  /** The provider's own usage object, for the same dialect. */
  readonly native?: { readonly dialect: DialectId; readonly fields: Readonly<Record<string, unknown>> };
}

/** Why an answer ended. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'other';

/** The chosen token and the likeliest others, in OpenAI's shape (the only wire that has them so far). */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | null;
  readonly top_logprobs?: readonly unknown[];
}

/** What a block is, said when it begins. */
export type BlockStart =
  | { readonly kind: 'text'; readonly extra?: Extra }
  | { readonly kind: 'reasoning'; readonly extra?: Extra }
  | { readonly kind: 'refusal'; readonly extra?: Extra }
  | { readonly kind: 'redacted-reasoning'; readonly data: string; readonly extra?: Extra }
  | {
      readonly kind: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly freeform?: boolean;
      readonly extra?: Extra;
    }
  /** A whole block that this vocabulary lacks. `value` is the wire's own object, complete. */
  | { readonly kind: 'native'; readonly dialect: DialectId; readonly value: unknown };

/**
 * One thing that happened while a model replied. A whole JSON reply is the same events, all at once.
 * `choice` counts answers (`n`), `block` the blocks within one answer, both from 0. Deltas belong to an open block.
 */
export type ReplyEvent =
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly createdAtSeconds?: number }
  | { readonly type: 'block-start'; readonly choice: number; readonly block: number; readonly start: BlockStart }
  | { readonly type: 'text-delta'; readonly choice: number; readonly block: number; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly choice: number; readonly block: number; readonly text: string }
  | { readonly type: 'signature-delta'; readonly choice: number; readonly block: number; readonly signature: string }
  | { readonly type: 'refusal-delta'; readonly choice: number; readonly block: number; readonly text: string }
  /** A piece of the arguments' JSON text, which may be cut anywhere. */
  | { readonly type: 'tool-input-delta'; readonly choice: number; readonly block: number; readonly json: string }
  | { readonly type: 'citation'; readonly choice: number; readonly block: number; readonly citation: Citation }
  | { readonly type: 'block-end'; readonly choice: number; readonly block: number }
  | { readonly type: 'logprobs'; readonly choice: number; readonly tokens: readonly TokenLogprob[] }
  | {
      readonly type: 'finish';
      readonly choice: number;
      readonly reason: FinishReason;
      /** The wire's own word, for the same dialect. */
      readonly native?: { readonly dialect: DialectId; readonly reason: string };
      readonly stopSequence?: string;
    }
  /** Cumulative: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage }
  /** Something asked for was dropped, because `drop_params` allows it. */
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'error'; readonly error: GatewayError }
  /**
   * Fields that this vocabulary lacks, said again only in the same dialect: of the reply as a whole (`choice` absent)
   * or of one answer's message.
   */
  | {
      readonly type: 'native';
      readonly dialect: DialectId;
      readonly choice?: number;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  /** The proper end of the reply (`[DONE]`, `message_stop`, the end of a whole JSON body). */
  | { readonly type: 'end' };

/** How a stream is cut into frames: server-sent events, a line of JSON each, or Amazon's binary messages. */
export type StreamForm = 'sse' | 'json-lines' | 'aws-event-stream';

/** A wire format and the form it takes: one JSON body, or a stream. */
export interface Wire {
  readonly dialect: DialectId;
  readonly form: 'json' | StreamForm;
}

/** What comes back. It is bytes until somebody looks inside, and it can be read once. */
export type Reply = ByteReply | EventReply;

/** A reply that nobody has looked into: whole frames, as they came. */
export interface ByteReply {
  readonly kind: 'bytes';
  readonly wire: Wire;
  /** Whole frames, those that came together in one batch. */
  readonly frames: AsyncIterable<readonly Buffer[]>;
  /** What a glance at it says, where that is known already: a JSON body is read whole before it is given on. */
  readonly glanced?: readonly ReplyEvent[] | undefined;
  /** Takes out of a provider's error what must not be repeated: the gateway's own key, or endless text. */
  readonly repeatable?: ((error: GatewayError) => GatewayError) | undefined;
}

/** A reply in the words of this vocabulary. */
export interface EventReply {
  readonly kind: 'events';
  readonly events: AsyncIterable<ReplyEvent>;
}

/** Changes a reply as it goes by. */
export type ReplyTransform = (events: AsyncIterable<ReplyEvent>) => AsyncIterable<ReplyEvent>;

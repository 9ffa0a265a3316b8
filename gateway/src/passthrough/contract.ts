/**
 * An operation is something that callers ask of providers besides chats. One that is about texts (embeddings, rerank,
 * moderations) is a file here that exports a `TextOperation`: it says which texts are asked about, how a provider is
 * asked, and what its answers mean. Whatever else there is to do (keys, limits, masking, guards, targets, records) is
 * done by `text-desk.ts`, the same for all of them.
 */
import type { JsonObject } from '../dialects/json-object.ts';
import type { OperationId } from '../model/operation.ts';
import type { Usage } from '../model/reply.ts';
import type { Origin } from '../model/request.ts';
import type { Units } from '../model/units.ts';
import type { OperationEndpoint } from '../providers/contract.ts';

/** How much one request may hold. */
export interface OperationLimits {
  /** Most texts of one request. */
  readonly inputsMax: number;
  /** Longest upload of a picture or a sound, and of a file. */
  readonly mediaBytesMax: number;
  readonly fileBytesMax: number;
  /** Uploads up to this length are held whole, so that they can be sent again. */
  readonly heldBytesMax: number;
  /** So much of an upload is held at most while it hasn't said its model. */
  readonly modelWithinBytesMax: number;
  readonly replyBytesMax: number;
  /** So many pictures a form is thought to ask for, while it hasn't said how many. */
  readonly imagesMax: number;
  /** No sound is thought to be shorter than so many bytes a second. */
  readonly soundBytesPerSecondMin: number;
  /** Longest frame of a conversation, and how long it may last and be silent. */
  readonly frameBytesMax: number;
  readonly sessionTimeoutMs: number;
  readonly sessionIdleTimeoutMs: number;
  /** Operations that are passed on although a policy would have looked into them. */
  readonly uninspected: readonly OperationId[];
  /** Operations that keys with a budget or a list of models may use although neither can be held there. */
  readonly unmetered: readonly OperationId[];
}

/** A request about texts, checked. */
export interface AskedTexts {
  /** The name the caller wrote. */
  readonly model: string;
  /** Everything that was said in words, in order. */
  readonly texts: readonly string[];
  /** Whether some of it is no text (tokens, pictures), so that nobody can mask or judge it. */
  readonly isUnreadable: boolean;
  /** What it takes at most besides tokens. */
  readonly unitsMax?: Units;
  /** The requests to send, one or several. `texts` are those above, masked where that was wanted. */
  readonly bodies: (to: AskedOf, texts: readonly string[]) => readonly Buffer[];
  /** What the caller is told, from the answers to those requests in the same order. */
  readonly answer: (answers: readonly JsonAnswer[], from: AskedOf) => TextAnswer;
}

/** Who is asked, and for what. */
export interface AskedOf {
  readonly endpoint: OperationEndpoint;
  /** The name the provider knows the model by. */
  readonly model: string;
  /** Our own switches, to be taken out. */
  readonly cut: readonly string[];
}

/** One answer of a provider. */
export interface JsonAnswer {
  readonly bytes: Buffer;
  readonly json: JsonObject;
}

/** What the caller is told, and what it took. */
export interface TextAnswer {
  readonly bytes: Buffer;
  readonly usage: Usage | undefined;
}

/** An operation about texts. */
export interface TextOperation {
  readonly id: OperationId;
  /** Checks a request strictly. Throws `request.invalid`, naming the field. */
  readonly read: (origin: Origin, limits: OperationLimits) => AskedTexts;
}

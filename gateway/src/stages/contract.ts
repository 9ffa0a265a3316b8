/**
 * A stage is one station of the line that every turn passes, on its way to a model and back. It knows nothing of HTTP,
 * providers or other stages. What it must undo on the way back it returns as a closure, from the same function. Write
 * `stages/acme.ts` exporting a function that takes its settings and gives a `Stage`, and give it a place in
 * `pipeline/order.ts` with a comment saying why there.
 */
import type { Quota } from '../model/account.ts';
import type { GatewayError } from '../model/error.ts';
import type { Cost } from '../model/price.ts';
import type { Reply, ReplyEvent, ReplyTransform } from '../model/reply.ts';
import type { ChatRequest, TextEdit } from '../model/request.ts';
import type { Note, Turn, TurnEnd } from '../model/turn.ts';

/** What a stage decided. `{}` means "not my business, carry on". To refuse a turn, throw a GatewayError. */
export interface Step {
  /** The request to carry on with, if this stage changed it. */
  readonly request?: ChatRequest;
  /**
   * Said where `request` differs in nothing but texts: each changed text in the order of the conversation, and those that
   * stay and read the same. The change is then made in the caller's own bytes, and every other byte stays.
   */
  readonly texts?: readonly TextEdit[];
  /** A reply to give instead of asking a model. Later stages don't run. */
  readonly answer?: Reply;
  /**
   * Sees the reply go by, as it is at this stage; the byte path survives. Returning an error ends the reply with it:
   * that is a decision. Throwing is an accident, and stops only the watching.
   */
  readonly watch?: (event: ReplyEvent) => GatewayError | undefined;
  /** Changes the reply. Costs this turn the byte path. */
  readonly onReply?: ReplyTransform;
  /** Runs once when the turn is over, however it ended; last in, first out. `cost` is absent when no model answered. */
  readonly onDone?: (end: TurnEnd, cost: Cost | undefined) => void | Promise<void>;
  /** What the caller should know, said in `x-synthlang-warning`. */
  readonly warnings?: readonly string[];
  /** How much the caller may still do; said in the headers of the reply. */
  readonly quota?: Quota | undefined;
  /** Facts for the turn's record. Stages don't log or count: they leave notes. */
  readonly note?: Note;
}

/** A station on the line. */
export interface Stage {
  readonly name: string;
  /** A cheap look whether the stage has any business with this turn. One that says no costs nothing and leaves no trace. */
  readonly wants?: (turn: Turn) => boolean;
  readonly run: (turn: Turn) => Step | Promise<Step>;
}

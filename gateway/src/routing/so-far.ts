import type { BlockStart, ReplyEvent, Usage } from '../model/reply.ts';
import { usageSum } from '../model/usage-sum.ts';

type EventOf<Type extends ReplyEvent['type']> = Extract<ReplyEvent, { type: Type }>;
type BlockEvent = Extract<ReplyEvent, { block: number }>;

/** What can't be gone on with by telling somebody else how far it got. */
const WHOLE_KINDS: ReadonlySet<BlockStart['kind']> = new Set(['tool-call', 'refusal', 'redacted-reasoning', 'native']);

/**
 * A stream that may be said by several models, one going on where the other broke off, as one answer: the text that was
 * open stays open, blocks are counted on, and usage is added up.
 */
export class SoFar {
  #text = '';
  #openText: number | undefined;
  #openReasoning: number | undefined;
  #nextBlock = 0;
  #isWhole = false;
  #isFinished = false;
  #part = 0;
  #pieces = 0;
  #usage: Usage | undefined;
  #before: Usage | undefined;
  /** Where the blocks of the part that is being said stand in the whole; nowhere when they are left out. */
  #places = new Map<number, number | undefined>();

  /** What was said so far, for the caller to see. */
  get text(): string {
    return this.#text;
  }

  /** How many pieces of output the part that is being said had. */
  get pieces(): number {
    return this.#pieces;
  }

  /** What the part that is being said took, as far as its provider told. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Whether somebody else could go on: nothing but text and thoughts were said, and no end. */
  get isOpen(): boolean {
    return !this.#isWhole && !this.#isFinished;
  }

  /** The part broke off, and another is about to begin. Gives what closes what can't stay open. */
  breakOff(took: Usage): readonly ReplyEvent[] {
    this.#before = this.#before ? usageSum(this.#before, took) : took;
    this.#usage = undefined;
    this.#pieces = 0;
    this.#part += 1;
    this.#places = new Map();
    const block = this.#openReasoning;
    this.#openReasoning = undefined;
    return block === undefined ? [] : [{ type: 'block-end', choice: 0, block }];
  }

  /** The same event as part of the whole answer. */
  take(event: ReplyEvent): readonly ReplyEvent[] {
    switch (event.type) {
      case 'start':
        return this.#part === 0 ? [event] : [];
      case 'usage':
        this.#usage = event.usage;
        return [this.#before ? { type: 'usage', usage: usageSum(this.#before, event.usage) } : event];
      case 'finish':
        this.#isFinished = true;
        return [...this.#closedText(), event];
      case 'block-start':
        return this.#start(event);
      case 'block-end':
        return this.#end(event);
      case 'text-delta':
        this.#text += event.text;
        this.#pieces += 1;
        return this.#placed(event);
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'tool-input-delta':
        this.#pieces += 1;
        return this.#placed(event);
      case 'signature-delta':
      case 'citation':
        return this.#placed(event);
      default:
        return [event];
    }
  }

  #start(event: EventOf<'block-start'>): readonly ReplyEvent[] {
    const { kind } = event.start;
    if (WHOLE_KINDS.has(kind)) this.#isWhole = true;
    if (this.#openText !== undefined && this.#part > 0) {
      if (kind === 'text') {
        this.#places.set(event.block, this.#openText);
        return [];
      }
      if (kind === 'reasoning') {
        // Thoughts on how to go on, in the middle of a text that is still being said.
        this.#places.set(event.block, undefined);
        return [];
      }
    }
    const closed = this.#closedText();
    const block = this.#nextBlock;
    this.#nextBlock += 1;
    this.#places.set(event.block, block);
    if (kind === 'text') this.#openText = block;
    if (kind === 'reasoning') this.#openReasoning = block;
    return [...closed, { ...event, block }];
  }

  #end(event: EventOf<'block-end'>): readonly ReplyEvent[] {
    const place = this.#places.get(event.block);
    if (place === undefined) return [];
    if (place === this.#openText) this.#openText = undefined;
    if (place === this.#openReasoning) this.#openReasoning = undefined;
    return [{ ...event, block: place }];
  }

  #closedText(): readonly ReplyEvent[] {
    const block = this.#part > 0 ? this.#openText : undefined;
    if (block === undefined) return [];
    this.#openText = undefined;
    return [{ type: 'block-end', choice: 0, block }];
  }

  #placed<Event extends BlockEvent>(event: Event): readonly ReplyEvent[] {
    const block = this.#places.get(event.block);
    return block === undefined ? [] : [block === event.block ? event : { ...event, block }];
  }
}

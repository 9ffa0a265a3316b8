import type { BlockStart, ReplyEvent, TokenLogprob } from '../model/reply.ts';
import type { Citation } from '../model/request.ts';

type ProseKind = 'text' | 'reasoning' | 'refusal';

interface OpenBlock {
  readonly kind: BlockStart['kind'];
  readonly block: number;
}

/**
 * Counts the blocks of one answer while it is read. This dialect has no blocks of its own: a block begins where another
 * kind of thing is said, and ends where the next begins or the answer is over.
 */
export class Answer {
  readonly choice: number;
  finished = false;
  /** Snowflake says no reason, or an empty one, which only the end of the stream tells from "not yet"; that is `null`. */
  saidNoReason = false;
  calledTools = false;
  #blocks = 0;
  #open: OpenBlock | undefined;
  #homeless: Citation[] = [];

  constructor(choice: number) {
    this.choice = choice;
  }

  /** What is being said right now. */
  get saying(): BlockStart['kind'] | undefined {
    return this.#open?.kind;
  }

  /** More text of one kind; the block goes on if that kind is being said already. */
  say(out: ReplyEvent[], kind: ProseKind, text: string): void {
    const open = this.#open?.kind === kind ? this.#open : this.begin(out, { kind });
    const at = { choice: this.choice, block: open.block };
    if (kind === 'text') out.push({ type: 'text-delta', ...at, text });
    else if (kind === 'reasoning') out.push({ type: 'reasoning-delta', ...at, text });
    else out.push({ type: 'refusal-delta', ...at, text });
  }

  /** Closes what is open and begins a block. */
  begin(out: ReplyEvent[], start: BlockStart): OpenBlock {
    this.close(out);
    const open: OpenBlock = { kind: start.kind, block: this.#blocks };
    this.#blocks += 1;
    this.#open = open;
    out.push({ type: 'block-start', choice: this.choice, block: open.block, start });
    if (start.kind === 'tool-call') this.calledTools = true;
    if (start.kind === 'text') for (const citation of this.#homeless.splice(0)) this.cite(out, citation);
    return open;
  }

  /** A citation belongs to the text being said, or to the next one. */
  cite(out: ReplyEvent[], citation: Citation): void {
    if (this.#open?.kind === 'text') {
      out.push({ type: 'citation', choice: this.choice, block: this.#open.block, citation });
    } else this.#homeless.push(citation);
  }

  /** Citations that never found a text to stand in. */
  takeHomeless(): readonly Citation[] {
    return this.#homeless.splice(0);
  }

  logprobs(out: ReplyEvent[], tokens: readonly TokenLogprob[]): void {
    if (tokens.length > 0) out.push({ type: 'logprobs', choice: this.choice, tokens });
  }

  close(out: ReplyEvent[]): void {
    if (this.#open) out.push({ type: 'block-end', choice: this.choice, block: this.#open.block });
    this.#open = undefined;
  }
}

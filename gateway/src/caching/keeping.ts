import { type Block, type ChatReply, Folding } from '../model/fold.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { TurnEnd } from '../model/turn.ts';

/** Which answers are kept. */
export interface KeepRules {
  readonly entryBytesMax: number;
  /** Answers that ask for a tool as well: whoever gets one again runs the tool again. */
  readonly toolCalls: boolean;
}

/** Hears a reply go by, and knows in the end whether it may be given again. */
export class Keeping {
  readonly #rules: KeepRules;
  #folding: Folding | undefined = new Folding();
  #size = 0;

  constructor(rules: KeepRules) {
    this.#rules = rules;
  }

  readonly hear = (event: ReplyEvent): undefined => {
    if (!this.#folding) return;
    this.#size += sizeOf(event);
    if (event.type === 'error' || this.#size > this.#rules.entryBytesMax) this.#folding = undefined;
    else this.#folding.add(event);
  };

  /** The reply, if it came to a good end and may be given again. */
  kept({ end, blind, error, attempts }: TurnEnd): ChatReply | undefined {
    if (end !== 'finished' || blind || error || !this.#folding) return undefined;
    // Another model stood in; next time the one that was asked for may be back.
    if (attempts.some(({ fallback }) => fallback > 0)) return undefined;
    const reply = this.#folding.reply();
    const mayBe = reply.choices.length > 0 && reply.choices.every(({ finish, blocks }) => this.#isGood(finish, blocks));
    return mayBe ? reply : undefined;
  }

  #isGood(finish: string | undefined, blocks: readonly Block[]): boolean {
    const { toolCalls } = this.#rules;
    const known = blocks.every(
      ({ kind }) =>
        kind === 'text' || kind === 'reasoning' || kind === 'redacted-reasoning' || (toolCalls && kind === 'tool-call'),
    );
    const said = blocks.some(
      (block) => (block.kind === 'text' && block.text.trim() !== '') || block.kind === 'tool-call',
    );
    return known && said && (finish === 'stop' || (toolCalls && finish === 'tool-calls'));
  }
}

/** Rough, and never too small by much: what an event adds to a reply in memory. */
function sizeOf(event: ReplyEvent): number {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text.length;
    case 'tool-input-delta':
      return event.json.length;
    case 'signature-delta':
      return event.signature.length;
    case 'block-start':
    case 'citation':
    case 'logprobs':
    case 'native':
      return JSON.stringify(event).length;
    default:
      return 0;
  }
}

import type { BlockStart } from '../../model/reply.ts';
import { sseFrame } from '../sse.ts';
import { type DeltaEvent, deltaOut, emptyBlock } from './block-out.ts';
import { type Fields, isFields } from './fields.ts';
import { splitInput } from './native-block.ts';

interface OpenBlock {
  readonly block: number;
  readonly start: BlockStart;
  signed: boolean;
  /** The input of a tool call so far. */
  input: string;
}

interface WaitingBlock {
  readonly start: BlockStart;
  readonly deltas: DeltaEvent[];
  ended: boolean;
}

/**
 * Puts blocks that other wires interleave one after the other, as this one demands. Text and reasoning are never held
 * back for each other: the open block is closed, and one of its kind is opened again if it goes on. A tool call can't be
 * cut in two, so what comes before its input is complete waits for it.
 */
export class BlockLine {
  readonly #write: (frame: Buffer) => void;
  #open: OpenBlock | undefined;
  #index = -1;
  readonly #waiting = new Map<number, WaitingBlock>();
  /** Text and reasoning that had to make room and may go on. */
  readonly #interrupted = new Map<number, BlockStart>();

  constructor(write: (frame: Buffer) => void) {
    this.#write = write;
  }

  start(block: number, start: BlockStart): void {
    if (!emptyBlock(start)) return;
    if (this.#open && isUnfinishedCall(this.#open)) this.#waiting.set(block, { start, deltas: [], ended: false });
    else this.#openBlock(block, start);
  }

  delta(event: DeltaEvent): void {
    const waiting = this.#waiting.get(event.block);
    if (this.#open?.block === event.block) this.#say(this.#open, event);
    else if (waiting) waiting.deltas.push(event);
    else this.#goOn(event);
  }

  end(block: number): void {
    const waiting = this.#waiting.get(block);
    if (waiting) waiting.ended = true;
    this.#interrupted.delete(block);
    if (this.#open?.block !== block) return;
    this.#closeOpen();
    this.#next();
  }

  /** Everything that still waits, and the last stop. */
  endAll(): void {
    for (const waiting of this.#waiting.values()) waiting.ended = true;
    this.#closeOpen();
    this.#next();
  }

  #goOn(event: DeltaEvent): void {
    const start = this.#interrupted.get(event.block);
    if (!start) return;
    this.#interrupted.delete(event.block);
    this.start(event.block, start);
    this.delta(event);
  }

  #next(): void {
    for (const [block, { start, deltas, ended }] of this.#waiting) {
      this.#waiting.delete(block);
      this.#openBlock(block, start);
      for (const delta of deltas) if (this.#open) this.#say(this.#open, delta);
      if (ended) this.#closeOpen();
      else if (this.#open && isUnfinishedCall(this.#open)) return;
    }
  }

  #openBlock(block: number, start: BlockStart): void {
    const interrupted = this.#open;
    this.#closeOpen();
    if (interrupted && interrupted.start.kind !== 'tool-call') {
      this.#interrupted.set(interrupted.block, interrupted.start);
    }
    this.#index += 1;
    this.#open = { block, start, signed: false, input: '' };
    const whole = splitInput(emptyBlock(start) ?? {});
    this.#frame('content_block_start', { content_block: whole.start });
    if (whole.inputJson !== undefined) this.#sayInput(whole.inputJson);
  }

  #say(open: OpenBlock, event: DeltaEvent): void {
    if (event.type === 'signature-delta') open.signed = true;
    if (event.type === 'tool-input-delta') {
      open.input += event.json;
      if (isFreeform(open)) return;
    }
    this.#frame('content_block_delta', { delta: deltaOut(event) });
  }

  #closeOpen(): void {
    const open = this.#open;
    if (!open) return;
    // Clients expect a signature; an empty one says that there is no proof.
    if (open.start.kind === 'reasoning' && !open.signed) {
      this.#frame('content_block_delta', { delta: { type: 'signature_delta', signature: '' } });
    }
    // Free text must become an object, so it is said when it is whole.
    if (isFreeform(open)) this.#sayInput(JSON.stringify({ input: open.input }));
    this.#frame('content_block_stop', {});
    this.#open = undefined;
  }

  #sayInput(json: string): void {
    this.#frame('content_block_delta', { delta: { type: 'input_json_delta', partial_json: json } });
  }

  #frame(type: string, fields: Fields): void {
    this.#write(sseFrame({ type, index: this.#index, ...fields }, type));
  }
}

function isFreeform({ start }: OpenBlock): boolean {
  return start.kind === 'tool-call' && start.freeform === true;
}

/** Once its input is a whole JSON object, nothing can be added to a call, whether its end was said or not. */
function isUnfinishedCall(open: OpenBlock): boolean {
  if (open.start.kind !== 'tool-call') return false;
  if (isFreeform(open)) return true;
  try {
    return !isFields(JSON.parse(open.input));
  } catch {
    return true;
  }
}

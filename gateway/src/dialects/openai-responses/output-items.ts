import type { BlockStart, ReplyEvent, TokenLogprob } from '../../model/reply.ts';
import { annotationOut } from './citations.ts';
import { DIALECT, type Fields, isFields, spellingOf } from './fields.ts';
import {
  itemOut,
  kindOf,
  newItem,
  newPart,
  type OutputItem,
  type OutputPart,
  partOut,
  signatureOut,
} from './output-item.ts';

/** Events that belong to a block and say more of it. */
export type DeltaEvent = Extract<
  ReplyEvent,
  { type: 'text-delta' | 'reasoning-delta' | 'signature-delta' | 'refusal-delta' | 'tool-input-delta' | 'citation' }
>;

interface OpenBlock {
  readonly start: BlockStart;
  readonly item: OutputItem;
  readonly part: OutputPart | undefined;
}

/** Puts the blocks of a reply into the items that this wire says, and says how they grow. */
export class OutputItems {
  readonly #say: (type: string, fields: Fields) => void;
  readonly #items: OutputItem[] = [];
  readonly #blocks = new Map<number, OpenBlock>();

  constructor(say: (type: string, fields: Fields) => void) {
    this.#say = say;
  }

  /** All items as they stand. */
  list(): readonly Fields[] {
    return this.#items.map(itemOut);
  }

  start(block: number, start: BlockStart, replyId: string): void {
    if (start.kind === 'native' && start.dialect !== DIALECT) return;
    const item = this.#continued(start) ?? this.#add(newItem(start, this.#items.length, replyId));
    for (const part of item.parts) this.#finishPart(item, part);
    const part = newPart(start, item);
    item.openBlocks += 1;
    this.#blocks.set(block, { start, item, part });
    if (!part) return;
    this.#say(`response.${PART_EVENTS[part.kind]}.added`, { ...placeOf(item, part), part: partOut(part) });
    item.parts.push(part);
  }

  delta(event: DeltaEvent): void {
    const open = this.#blocks.get(event.block);
    if (!open) return;
    const { item, part, start } = open;
    if (event.type === 'signature-delta') {
      item.encrypted = (item.encrypted ?? signatureOut('', start)) + event.signature;
    } else if (event.type === 'tool-input-delta') {
      item.input += event.json;
      this.#say(`response.${INPUT_EVENTS[item.kind] ?? ''}.delta`, { ...placeOf(item), delta: event.json });
    } else if (!part) return;
    else if (event.type === 'citation') {
      const annotation = annotationOut(event.citation);
      if (!annotation) return;
      const index = part.citations.push(event.citation) - 1;
      this.#say('response.output_text.annotation.added', {
        ...placeOf(item, part),
        annotation_index: index,
        annotation,
      });
    } else {
      part.text += event.text;
      const scored = part.kind === 'output_text' ? { logprobs: [] } : {};
      this.#say(`response.${TEXT_EVENTS[part.kind]}.delta`, { ...placeOf(item, part), delta: event.text, ...scored });
    }
  }

  /** Probabilities belong to the text that was said last. */
  logprobs(tokens: readonly TokenLogprob[]): void {
    const item = this.#items.findLast(({ kind }) => kind === 'message');
    const part = item?.parts.findLast(({ kind }) => kind === 'output_text');
    if (!item || !part) return;
    part.logprobs.push(...tokens);
    if (part.isDone) return;
    this.#say('response.output_text.delta', { ...placeOf(item, part), delta: '', logprobs: tokens });
  }

  /** A text may go on, so it is only closed where something else begins; nothing can be added to a call. */
  end(block: number): void {
    const open = this.#blocks.get(block);
    if (!open) return;
    this.#blocks.delete(block);
    open.item.openBlocks -= 1;
    if (open.item.kind !== 'message' && open.item.kind !== 'reasoning') this.#close(open.item, 'completed');
  }

  /** Closes what is still open; a text that was cut short is not complete. */
  endAll(status: 'completed' | 'incomplete'): void {
    for (const item of this.#items) this.#close(item, item.kind === 'reasoning' ? 'completed' : status);
  }

  /** Pieces of one item stand next to each other; other wires' texts in a row are one message. */
  #continued(start: BlockStart): OutputItem | undefined {
    const last = this.#items.at(-1);
    const { item } = spellingOf('extra' in start ? start.extra : undefined);
    if (!last || last.isClosed || isFields(item) || last.kind !== kindOf(start)) return undefined;
    if (last.kind === 'message') return last;
    const isOwn = start.kind === 'reasoning' && start.extra?.dialect === DIALECT;
    return last.kind === 'reasoning' && isOwn ? last : undefined;
  }

  #add(item: OutputItem): OutputItem {
    for (const before of this.#items) if (before.openBlocks === 0) this.#close(before, 'completed');
    this.#items.push(item);
    this.#say('response.output_item.added', { output_index: item.index, item: itemOut(item) });
    return item;
  }

  #close(item: OutputItem, status: 'completed' | 'incomplete'): void {
    if (item.isClosed) return;
    item.isClosed = true;
    item.status = status;
    for (const part of item.parts) this.#finishPart(item, part);
    const words = INPUT_EVENTS[item.kind];
    if (words !== undefined) {
      const { input, head } = item;
      const said = item.kind === 'function_call' ? { name: head['name'], arguments: input } : { input };
      this.#say(`response.${words}.done`, { ...placeOf(item), ...said });
    }
    this.#say('response.output_item.done', { output_index: item.index, item: itemOut(item) });
  }

  #finishPart(item: OutputItem, part: OutputPart): void {
    if (part.isDone) return;
    part.isDone = true;
    const place = placeOf(item, part);
    const whole = partOut(part);
    const { text, logprobs, refusal } = whole;
    const said = part.kind === 'output_text' ? { text, logprobs } : part.kind === 'refusal' ? { refusal } : { text };
    this.#say(`response.${TEXT_EVENTS[part.kind]}.done`, { ...place, ...said });
    this.#say(`response.${PART_EVENTS[part.kind]}.done`, { ...place, part: whole });
  }
}

const PART_EVENTS: Readonly<Record<OutputPart['kind'], string>> = {
  output_text: 'content_part',
  refusal: 'content_part',
  reasoning_text: 'content_part',
  summary_text: 'reasoning_summary_part',
};
const TEXT_EVENTS: Readonly<Record<OutputPart['kind'], string>> = {
  output_text: 'output_text',
  refusal: 'refusal',
  reasoning_text: 'reasoning_text',
  summary_text: 'reasoning_summary_text',
};
const INPUT_EVENTS: Partial<Readonly<Record<OutputItem['kind'], string>>> = {
  function_call: 'function_call_arguments',
  custom_tool_call: 'custom_tool_call_input',
};

function placeOf({ index, head }: OutputItem, part?: OutputPart): Fields {
  const place = { item_id: head['id'], output_index: index };
  if (!part) return place;
  return { ...place, [part.kind === 'summary_text' ? 'summary_index' : 'content_index']: part.index };
}

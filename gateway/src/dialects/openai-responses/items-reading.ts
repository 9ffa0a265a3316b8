import type { BlockStart, ReplyEvent, TokenLogprob } from '../../model/reply.ts';
import { citationOf } from './citations.ts';
import { DIALECT, extraOf, type Fields, isFields, objectsOf, present, textOf } from './fields.ts';
import { CALL_TYPES } from './status.ts';

type DeltaType = 'text-delta' | 'refusal-delta' | 'reasoning-delta';

interface OpenPart {
  readonly block: number;
  readonly delta: DeltaType;
  isSaid: boolean;
  citations: number;
  isScored: boolean;
}

interface OpenItem {
  readonly type: unknown;
  /** How the item was written; its first block holds it. */
  readonly head: Fields;
  readonly parts: Map<string, OpenPart>;
  /** The call of an item that is one. */
  call: { readonly block: number; isSaid: boolean } | undefined;
  blocks: number;
}

/** Where a piece stands in its item: among its content or in its summary. */
export type PartPlace = `${'content' | 'summary'}:${number}`;

/** Reads the items of an answer, streamed or whole: each piece becomes a block. */
export class ItemsReading {
  calledTools = false;
  #out: ReplyEvent[] = [];
  #blocks = 0;
  readonly #items = new Map<number, OpenItem>();
  readonly #done = new Set<number>();

  /** What was found out since the last time. */
  taken(): readonly ReplyEvent[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  added(index: number, item: Fields): void {
    const open: OpenItem = { type: item['type'], head: headOf(item), parts: new Map(), call: undefined, blocks: 0 };
    this.#items.set(index, open);
    if (!CALL_TYPES.has(item['type'])) return;
    this.calledTools = true;
    open.call = { block: this.#begin(callStart(item, open.head)), isSaid: false };
  }

  partAdded(index: number, place: PartPlace, part: Fields): void {
    const item = this.#items.get(index);
    // What can't be read is said when it is whole.
    if (item && !item.parts.has(place) && partStart(place, part, {}).kind !== 'native') {
      this.#openPart(item, place, part);
    }
  }

  /** `type` is what kind of piece it is, in case its beginning wasn't said. */
  delta(index: number, place: PartPlace, { type, delta, logprobs }: Fields): void {
    const item = this.#items.get(index);
    if (!item || typeof delta !== 'string') return;
    const part = item.parts.get(place) ?? this.#openPart(item, place, { type });
    if (!part) return;
    this.#say(part, delta);
    this.#score(part, logprobs);
  }

  inputDelta(index: number, delta: unknown): void {
    const call = this.#items.get(index)?.call;
    if (!call || typeof delta !== 'string' || delta === '') return;
    call.isSaid = true;
    this.#out.push({ type: 'tool-input-delta', choice: 0, block: call.block, json: delta });
  }

  annotated(index: number, place: PartPlace, annotation: unknown): void {
    const part = this.#items.get(index)?.parts.get(place);
    if (part && isFields(annotation)) this.#cite(part, annotation);
  }

  /** The whole item: what wasn't said of it until now is said, and its blocks end. */
  done(index: number, whole: Fields): void {
    if (this.#done.has(index)) return;
    if (!this.#items.has(index)) this.added(index, whole);
    const item = this.#items.get(index);
    if (!item) return;
    this.#done.add(index);
    if (item.call) this.#callDone(item.call, whole);
    else if (whole['type'] === 'message' || whole['type'] === 'reasoning') this.#partsDone(item, whole);
    if (item.blocks === 0 && !item.call) this.#end(this.#begin(wholeStart(whole, item.head)));
  }

  /** The ends of all items; the whole answer's where none was streamed. */
  allDone(output: unknown): void {
    const whole = objectsOf(output);
    if (this.#items.size === 0) whole.forEach((item, index) => this.done(index, item));
    for (const [index, { type, head }] of this.#items) {
      const item = whole[index];
      if (!this.#done.has(index)) this.done(index, item && item['type'] === type ? item : { ...head, type });
    }
  }

  #callDone(call: { readonly block: number; isSaid: boolean }, whole: Fields): void {
    const input = textOf(whole['arguments']) ?? textOf(whole['input']) ?? '';
    if (!call.isSaid && input !== '') {
      this.#out.push({ type: 'tool-input-delta', choice: 0, block: call.block, json: input });
    }
    this.#end(call.block);
  }

  #partsDone(item: OpenItem, whole: Fields): void {
    objectsOf(whole['summary']).forEach((part, index) => this.#partDone(item, `summary:${index}`, part));
    objectsOf(whole['content']).forEach((part, index) => this.#partDone(item, `content:${index}`, part));
    const encrypted = textOf(whole['encrypted_content']);
    const last = [...item.parts.values()].at(-1);
    if (encrypted !== undefined && last && last.delta === 'reasoning-delta') {
      this.#out.push({ type: 'signature-delta', choice: 0, block: last.block, signature: encrypted });
    }
    if (last) this.#end(last.block);
  }

  #partDone(item: OpenItem, place: PartPlace, whole: Fields): void {
    const part = item.parts.get(place) ?? this.#openPart(item, place, whole);
    if (!part) return;
    if (!part.isSaid) this.#say(part, textOf(whole['text']) ?? textOf(whole['refusal']) ?? '');
    if (!part.isScored) this.#score(part, whole['logprobs']);
    for (const annotation of objectsOf(whole['annotations']).slice(part.citations)) this.#cite(part, annotation);
  }

  /** One piece is open at a time in an item, so that a proof finds the last one open. */
  #openPart(item: OpenItem, place: PartPlace, wire: Fields): OpenPart | undefined {
    const start = partStart(place, wire, item.blocks === 0 ? item.head : undefined);
    if (start.kind === 'native') {
      const value = { ...item.head, type: item.type, role: 'assistant', status: 'completed', content: [wire] };
      item.blocks += 1;
      this.#end(this.#begin({ ...start, value }));
      return undefined;
    }
    const last = [...item.parts.values()].at(-1);
    if (last) this.#end(last.block);
    item.blocks += 1;
    const block = this.#begin(start);
    const part = { block, delta: DELTAS[start.kind] ?? 'text-delta', isSaid: false, citations: 0, isScored: false };
    item.parts.set(place, part);
    return part;
  }

  #say(part: OpenPart, text: string): void {
    if (text === '') return;
    part.isSaid = true;
    this.#out.push({ type: part.delta, choice: 0, block: part.block, text });
  }

  #score(part: OpenPart, logprobs: unknown): void {
    const tokens = objectsOf(logprobs);
    if (tokens.length === 0) return;
    part.isScored = true;
    this.#out.push({ type: 'logprobs', choice: 0, tokens: tokens as unknown as readonly TokenLogprob[] });
  }

  #cite(part: OpenPart, annotation: Fields): void {
    part.citations += 1;
    if (part.delta !== 'text-delta') return;
    this.#out.push({ type: 'citation', choice: 0, block: part.block, citation: citationOf(annotation) });
  }

  #begin(start: BlockStart): number {
    const block = this.#blocks;
    this.#blocks += 1;
    this.#out.push({ type: 'block-start', choice: 0, block, start });
    return block;
  }

  #end(block: number): void {
    this.#out.push({ type: 'block-end', choice: 0, block });
  }
}

const DELTAS: Partial<Readonly<Record<BlockStart['kind'], DeltaType>>> = {
  text: 'text-delta',
  refusal: 'refusal-delta',
  reasoning: 'reasoning-delta',
};

/** What an item says of itself besides its content; its status is that of the answer. */
function headOf(item: Fields): Fields {
  const { type: _type, role: _role, status: _status, content: _content, ...rest } = item;
  const { summary: _summary, encrypted_content: _encrypted, ...others } = rest;
  return CALL_TYPES.has(item['type']) ? present({ id: item['id'] }) : others;
}

function callStart(item: Fields, head: Fields): BlockStart {
  const { type, id: _id, status: _status, call_id: callId, name, arguments: _arguments, ...rest } = item;
  const { input: _input, ...others } = rest;
  return {
    kind: 'tool-call',
    id: textOf(callId) ?? '',
    name: textOf(name) ?? '',
    ...(type === 'custom_tool_call' ? { freeform: true } : {}),
    ...extraOf(type === 'custom_tool_call' ? others : rest, { item: head }),
  };
}

function partStart(place: PartPlace, wire: Fields, head: Fields | undefined): BlockStart {
  const { type, text: _text, refusal: _refusal, annotations: _annotations, logprobs: _logprobs, ...rest } = wire;
  const spelling = head ? { item: head } : {};
  if (place.startsWith('summary')) return { kind: 'reasoning', ...extraOf(rest, { ...spelling, own: true }) };
  if (isOf(type, 'reasoning')) return { kind: 'reasoning', ...extraOf(rest, { ...spelling, kind: 'content' }) };
  if (isOf(type, 'refusal')) return { kind: 'refusal', ...extraOf(rest, spelling) };
  if (isOf(type, 'output_text') || type === 'text') return { kind: 'text', ...extraOf(rest, spelling) };
  return { kind: 'native', dialect: DIALECT, value: wire };
}

/** The type of a piece, or of the event that says more of it. */
function isOf(type: unknown, word: string): boolean {
  return typeof type === 'string' && (type.startsWith(word) || type.startsWith(`response.${word}`));
}

/** An item without pieces of its own. */
function wholeStart(item: Fields, head: Fields): BlockStart {
  if (item['type'] !== 'reasoning') return { kind: 'native', dialect: DIALECT, value: item };
  const data = textOf(item['encrypted_content']);
  const extra = extraOf({}, { item: head, kind: 'none' });
  return data === undefined ? { kind: 'reasoning', ...extra } : { kind: 'redacted-reasoning', data, ...extra };
}

import type { BlockStart, ReplyEvent, Usage } from '../../model/reply.ts';
import { sseFrame } from '../sse.ts';
import { callOut, freeformInput, isPlan } from './block-out.ts';
import { citationOut } from './citations.ts';
import { DIALECT, type Fields, isFields, objectsOf, ownFields, present } from './fields.ts';
import { failureOut, type Finish, reasonOut } from './finish-reason.ts';
import { DONE, STREAM_EVENT } from './frame-json.ts';
import { logprobsOut } from './logprobs.ts';
import { usageOut } from './usage.ts';

type BlockEvent = Extract<ReplyEvent, { readonly block: number }>;
type DeltaEvent = Exclude<BlockEvent, { type: 'block-start' | 'block-end' }>;

interface OpenBlock {
  readonly place: 'content' | 'plan' | 'call';
  readonly index: number;
  /** How its deltas are called. */
  readonly field: 'text' | 'thinking';
  /** The input of a call with free text, which is said when it is whole. */
  freeform: string | undefined;
}

/** Writes a stream. https://docs.cohere.com/docs/streaming */
export class StreamEncoder {
  #frames: Buffer[] = [];
  #id = '';
  #state: 'before' | 'within' | 'over' = 'before';
  #usage: Usage | undefined;
  #finish: Finish | undefined;
  #rest: Fields = {};
  readonly #open = new Map<number, OpenBlock>();
  readonly #counts = { content: 0, call: 0, citation: 0, plan: 0 };

  push(event: ReplyEvent): readonly Buffer[] {
    if (this.#state !== 'over') this.#take(event);
    return this.#flush();
  }

  /** A reply that stopped without a proper end gets none here either. */
  end(): readonly Buffer[] {
    if (this.#state !== 'over' && this.#finish) this.#close();
    return this.#flush();
  }

  #take(event: ReplyEvent): void {
    switch (event.type) {
      case 'start':
        this.#id = event.id;
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'native':
        if (event.dialect === DIALECT && event.choice === undefined) this.#native(event.fields);
        break;
      case 'error':
        this.#begin();
        this.#state = 'over';
        this.#say('message-end', { delta: failureOut(event.error.message) });
        break;
      case 'end':
        this.#close();
        break;
      case 'notice':
        break;
      default:
        // The wire has room for one answer.
        if (event.choice === 0) this.#inAnswer(event);
    }
  }

  #inAnswer(event: BlockEvent | Finish | Extract<ReplyEvent, { type: 'logprobs' }>): void {
    if (event.type === 'finish') {
      this.#finish = event;
      return;
    }
    this.#begin();
    if (event.type === 'logprobs') {
      const index = Math.max(0, this.#counts.content - 1);
      const delta = { message: { content: { text: '' } } };
      for (const logprobs of logprobsOut(event.tokens)) this.#say('content-delta', { index, delta, logprobs });
    } else if (event.type === 'block-start') this.#blockStart(event.block, event.start);
    else if (event.type === 'block-end') this.#blockEnd(event.block);
    else this.#delta(event);
  }

  #blockStart(block: number, start: BlockStart): void {
    if (isPlan(start)) this.#place(block, 'plan');
    else if (start.kind === 'tool-call') {
      const index = this.#place(block, 'call', start.freeform ? '' : undefined);
      const call = callOut({ ...start, freeform: false }, '');
      this.#say('tool-call-start', { index, delta: { message: { tool_calls: call } } });
    } else {
      const content = contentStart(start);
      if (!content) return;
      const index = this.#place(block, 'content', undefined, start.kind === 'reasoning' ? 'thinking' : 'text');
      this.#say('content-start', { index, delta: { message: { content } } });
    }
  }

  #place(block: number, place: OpenBlock['place'], freeform?: string, field: OpenBlock['field'] = 'text'): number {
    const index = this.#counts[place];
    this.#counts[place] += 1;
    this.#open.set(block, { place, index, field, freeform });
    return index;
  }

  #delta(event: DeltaEvent): void {
    const open = this.#open.get(event.block);
    if (!open || event.type === 'signature-delta') return;
    if (event.type === 'citation') this.#cite(citationOut(event.citation));
    else if (event.type !== 'tool-input-delta') this.#content(open, event.text);
    else if (open.freeform === undefined) this.#input(open.index, event.json);
    else open.freeform += event.json;
  }

  #content({ place, index, field }: OpenBlock, said: string): void {
    if (place === 'plan') this.#say('tool-plan-delta', { delta: { message: { tool_plan: said } } });
    else this.#say('content-delta', { index, delta: { message: { content: { [field]: said } } } });
  }

  #input(index: number, json: string): void {
    this.#say('tool-call-delta', { index, delta: { message: { tool_calls: { function: { arguments: json } } } } });
  }

  #cite(citations: Fields): void {
    const index = this.#counts.citation;
    this.#counts.citation += 1;
    this.#say('citation-start', { index, delta: { message: { citations } } });
    this.#say('citation-end', { index });
  }

  #blockEnd(block: number): void {
    const open = this.#open.get(block);
    this.#open.delete(block);
    if (!open || open.place === 'plan') return;
    if (open.freeform !== undefined) this.#input(open.index, freeformInput(open.freeform));
    this.#say(open.place === 'call' ? 'tool-call-end' : 'content-end', { index: open.index });
  }

  #native({ [STREAM_EVENT]: unknownEvent, message, ...rest }: Fields): void {
    this.#rest = { ...this.#rest, ...rest };
    const citations = isFields(message) ? objectsOf(message['citations']) : [];
    if (citations.length === 0 && !isFields(unknownEvent)) return;
    this.#begin();
    for (const citation of citations) this.#cite(citation);
    if (isFields(unknownEvent)) this.#frames.push(sseFrame(unknownEvent, eventName(unknownEvent)));
  }

  #begin(): void {
    if (this.#state !== 'before') return;
    this.#state = 'within';
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
    this.#say('message-start', { id: this.#id, delta: { message } });
  }

  #close(): void {
    this.#begin();
    for (const block of this.#open.keys()) this.#blockEnd(block);
    const end = { finish_reason: reasonOut(this.#finish), usage: usageOut(this.#usage) };
    this.#say('message-end', { delta: present({ ...this.#rest, ...end }) });
    this.#frames.push(sseFrame(DONE));
    this.#state = 'over';
  }

  #say(type: string, fields: Fields): void {
    this.#frames.push(sseFrame({ type, ...fields }, type));
  }

  #flush(): readonly Buffer[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }
}

/** A part of the content as it begins; `undefined` for what the wire has no word for. */
function contentStart(start: Exclude<BlockStart, { kind: 'tool-call' }>): Fields | undefined {
  switch (start.kind) {
    case 'text':
    case 'refusal':
      return { ...ownFields(start.extra), type: 'text', text: '' };
    case 'reasoning':
      return { ...ownFields(start.extra), type: 'thinking', thinking: '' };
    case 'native':
      return start.dialect === DIALECT && isFields(start.value) ? start.value : undefined;
    case 'redacted-reasoning':
      return undefined;
  }
}

function eventName({ type }: Fields): string | undefined {
  // Line ends would begin another field of the frame.
  return typeof type === 'string' && /^[\w-]{1,64}$/.test(type) ? type : undefined;
}

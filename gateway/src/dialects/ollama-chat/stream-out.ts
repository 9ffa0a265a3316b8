import type { BlockStart, ReplyEvent, Usage } from '../../model/reply.ts';
import type { EncodeOptions } from '../contract.ts';
import { callOut } from './call-out.ts';
import { timeOut } from './created-at.ts';
import { DIALECT, type Fields, present } from './fields.ts';
import { type Finish, reasonOut } from './finish-reason.ts';
import { usageOut } from './usage.ts';

type BlockEvent = Extract<ReplyEvent, { readonly block: number }>;
type CallStart = Extract<BlockStart, { kind: 'tool-call' }>;

/** Writes a stream: a line for each piece of an answer, and the last one says that it is done. */
export class StreamEncoder {
  readonly #options: EncodeOptions;
  #lines: Buffer[] = [];
  #isOver = false;
  #createdAt: unknown;
  #usage: Usage | undefined;
  #finish: Finish | undefined;
  /** Fields of this wire’s own, for the next line and for its message. */
  #rest: Fields = {};
  #messageRest: Fields = {};
  /** Calls are said when they are whole. */
  readonly #calls = new Map<number, { readonly start: CallStart; input: string }>();

  constructor(options: EncodeOptions) {
    this.#options = options;
    this.#createdAt = timeOut(options.nowSeconds);
  }

  push(event: ReplyEvent): readonly Buffer[] {
    if (!this.#isOver) this.#take(event);
    return this.#flush();
  }

  /** A reply that stopped without a proper end gets none here either. */
  end(): readonly Buffer[] {
    if (!this.#isOver && this.#finish) this.#close();
    return this.#flush();
  }

  #take(event: ReplyEvent): void {
    switch (event.type) {
      case 'start':
        this.#createdAt = timeOut(event.createdAtSeconds) ?? this.#createdAt;
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'native':
        if (event.dialect === DIALECT) this.#native(event.choice, event.fields);
        break;
      case 'error':
        this.#isOver = true;
        this.#lines.push(lineOf({ error: event.error.message }));
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
    switch (event.type) {
      case 'finish':
        this.#finish = event;
        break;
      case 'logprobs':
        this.#say({ content: '' }, { logprobs: event.tokens });
        break;
      case 'text-delta':
      case 'refusal-delta':
        this.#say({ content: event.text });
        break;
      case 'reasoning-delta':
        this.#say({ content: '', thinking: event.text });
        break;
      case 'tool-input-delta':
        this.#input(event.block, event.json);
        break;
      case 'block-start':
        if (event.start.kind === 'tool-call') this.#calls.set(event.block, { start: event.start, input: '' });
        break;
      case 'block-end':
        this.#call(event.block);
        break;
      case 'signature-delta':
      case 'citation':
        break;
    }
  }

  #input(block: number, json: string): void {
    const call = this.#calls.get(block);
    if (call) call.input += json;
  }

  #call(block: number): void {
    const call = this.#calls.get(block);
    this.#calls.delete(block);
    if (call) this.#say({ content: '', tool_calls: [callOut({ ...call.start, input: call.input })] });
  }

  #native(choice: number | undefined, fields: Fields): void {
    const { created_at: createdAt, ...rest } = fields;
    if (choice !== undefined) {
      if (choice === 0) this.#messageRest = { ...this.#messageRest, ...fields };
      return;
    }
    this.#createdAt = createdAt ?? this.#createdAt;
    this.#rest = { ...this.#rest, ...rest };
  }

  #close(): void {
    for (const block of this.#calls.keys()) this.#call(block);
    this.#isOver = true;
    this.#say({ content: '' }, { done: true, done_reason: reasonOut(this.#finish), ...usageOut(this.#usage) });
  }

  #say(message: Fields, line: Fields = {}): void {
    const { model } = this.#options;
    const said = { role: 'assistant', ...message, ...this.#messageRest };
    const fields = { model, created_at: this.#createdAt, message: said, done: false, ...line, ...this.#rest };
    this.#lines.push(lineOf(present(fields)));
    this.#rest = {};
    this.#messageRest = {};
  }

  #flush(): readonly Buffer[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}

function lineOf(fields: Fields): Buffer {
  return Buffer.from(`${JSON.stringify(fields)}\n`);
}

import type { ReplyEvent, Usage } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { sseFrame } from '../sse.ts';
import { BlockLine } from './block-line.ts';
import { errorOut } from './errors.ts';
import { DIALECT, type Fields } from './fields.ts';
import { stopOf } from './stop-reason.ts';
import { STREAM_EVENT } from './frame-json.ts';
import { usageOut } from './usage.ts';

/** Fields that stand inside the `delta` of a `message_delta`; others stand beside it. */
const IN_DELTA: ReadonlySet<string> = new Set(['container', 'stop_details']);

/** Writes a stream. https://platform.claude.com/docs/en/build-with-claude/streaming */
export function streamEncoder(options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  const encoder = new StreamEncoder(options.model);
  return { push: (event) => encoder.push(event), end: () => encoder.end() };
}

class StreamEncoder {
  readonly #model: string;
  readonly #blocks = new BlockLine((frame) => this.#frames.push(frame));
  #frames: Buffer[] = [];
  #id = '';
  #usage: Usage | undefined;
  #extra: Fields = {};
  #finish: Extract<ReplyEvent, { type: 'finish' }> | undefined;
  #refused = false;
  #state: 'before' | 'within' | 'over' = 'before';

  constructor(model: string) {
    this.#model = model;
  }

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
        if (event.dialect === DIALECT) this.#takeNative(event.fields);
        break;
      case 'error':
        this.#state = 'over';
        this.#say('error', errorOut(event.error));
        break;
      case 'end':
        this.#close();
        break;
      case 'notice':
      case 'logprobs':
        break;
      default:
        // The wire has room for one answer.
        if (event.choice === 0) this.#takeContent(event);
    }
  }

  #takeContent(
    event: Exclude<ReplyEvent, { type: 'start' | 'usage' | 'native' | 'error' | 'end' | 'notice' | 'logprobs' }>,
  ): void {
    if (event.type === 'finish') {
      // What follows the finish is usage at most, so nothing needs to wait for it but the last two events.
      this.#finish = event;
      return;
    }
    this.#begin();
    if (event.type === 'block-start') {
      if (event.start.kind === 'refusal') this.#refused = true;
      this.#blocks.start(event.block, event.start);
    } else if (event.type === 'block-end') this.#blocks.end(event.block);
    else this.#blocks.delta(event);
  }

  #takeNative({ [STREAM_EVENT]: unknownEvent, ...fields }: Fields): void {
    this.#extra = { ...this.#extra, ...fields };
    if (unknownEvent === undefined) return;
    this.#begin();
    this.#say(String((unknownEvent as Fields)['type']), unknownEvent as Fields);
  }

  /** Said with the first content and not before, since usage often comes right after the start. */
  #begin(): void {
    if (this.#state !== 'before') return;
    this.#state = 'within';
    this.#say('message_start', {
      type: 'message_start',
      message: {
        id: this.#id,
        type: 'message',
        role: 'assistant',
        model: this.#model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: usageOut(this.#usage),
      },
    });
  }

  #close(): void {
    this.#begin();
    this.#blocks.endAll();
    const extra = Object.entries(this.#extra);
    this.#say('message_delta', {
      type: 'message_delta',
      delta: {
        ...stopOf(this.#finish, this.#refused),
        ...Object.fromEntries(extra.filter(([key]) => IN_DELTA.has(key))),
      },
      usage: usageOut(this.#usage),
      ...Object.fromEntries(extra.filter(([key]) => !IN_DELTA.has(key))),
    });
    this.#say('message_stop', { type: 'message_stop' });
    this.#state = 'over';
  }

  #say(type: string, fields: Fields): void {
    this.#frames.push(sseFrame(fields, type));
  }

  #flush(): readonly Buffer[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }
}

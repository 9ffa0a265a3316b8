import type { ReplyEvent } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { blockStartOf, heldBy, nativeStart } from './block-in.ts';
import { citationOf } from './citations.ts';
import { errorOf } from './errors.ts';
import { DIALECT, type Fields, isFields, Reading } from './fields.ts';
import { frameJson, parsedFrame, STREAM_EVENT } from './frame-json.ts';
import { NativeBlock } from './native-block.ts';
import { finishOf } from './stop-reason.ts';
import { mergedUsage, usageOf } from './usage.ts';

/** Reads a stream. https://platform.claude.com/docs/en/build-with-claude/streaming */
export function streamDecoder(): Transducer<Buffer, ReplyEvent> {
  const decoder = new StreamDecoder();
  return { push: (frame) => decoder.push(frame), end: () => [] };
}

interface OpenBlock {
  /** Gathers a block of an unknown kind. */
  readonly native: NativeBlock | undefined;
  /** The input of a tool call that came whole with the start, in case no delta brings it. */
  inputAtStart: string | undefined;
}

class StreamDecoder {
  #usage: Fields = {};
  #extra: Fields = {};
  readonly #blocks = new Map<number, OpenBlock>();

  push(frame: Buffer): readonly ReplyEvent[] {
    const json = frameJson(frame);
    if (json === undefined) return [];
    const event = parsedFrame(json);
    const index = typeof event['index'] === 'number' ? event['index'] : 0;
    switch (event['type']) {
      case 'content_block_delta':
        return this.#delta(index, objectIn(event, 'delta'), event);
      case 'content_block_start':
        return this.#blockStart(index, objectIn(event, 'content_block'));
      case 'content_block_stop':
        return this.#blockEnd(index);
      case 'message_start':
        return this.#start(objectIn(event, 'message'));
      case 'message_delta':
        return this.#messageDelta(event);
      case 'message_stop':
        return [{ type: 'end' }];
      case 'ping':
        return [];
      case 'error':
        return [{ type: 'error', error: errorOf(event) }];
      default:
        return unknownEvent(event);
    }
  }

  #start(message: Fields): readonly ReplyEvent[] {
    const reading = new Reading(message, ['type', 'role', 'content', 'stop_reason', 'stop_sequence']);
    const start = { type: 'start', id: reading.text('id') ?? '', model: reading.text('model') ?? '' } as const;
    const usage = reading.object('usage');
    this.#extra = reading.rest() ?? {};
    if (!usage) return [start];
    this.#usage = usage;
    return [start, { type: 'usage', usage: usageOf(usage) }];
  }

  #blockStart(block: number, wire: Fields): readonly ReplyEvent[] {
    const at = { choice: 0, block } as const;
    const start = blockStartOf(wire);
    const inputAtStart = start?.kind === 'tool-call' ? JSON.stringify(wire['input'] ?? {}) : undefined;
    this.#blocks.set(block, { native: start ? undefined : new NativeBlock(wire), inputAtStart });
    return start ? [{ type: 'block-start', ...at, start }, ...heldBy(wire, at)] : [];
  }

  #delta(block: number, delta: Fields, event: Fields): readonly ReplyEvent[] {
    const at = { choice: 0, block } as const;
    const open = this.#blocks.get(block);
    if (open?.native) {
      open.native.add(delta);
      return [];
    }
    const { type, text, thinking, signature, partial_json: json, citation } = delta;
    if (type === 'text_delta' && typeof text === 'string') return [{ type: 'text-delta', ...at, text }];
    if (type === 'input_json_delta' && typeof json === 'string') {
      if (json === '') return [];
      if (open) open.inputAtStart = undefined;
      return [{ type: 'tool-input-delta', ...at, json }];
    }
    if (type === 'thinking_delta' && typeof thinking === 'string') {
      return [{ type: 'reasoning-delta', ...at, text: thinking }];
    }
    if (type === 'signature_delta' && typeof signature === 'string') {
      return [{ type: 'signature-delta', ...at, signature }];
    }
    if (type === 'citations_delta' && isFields(citation)) {
      return [{ type: 'citation', ...at, citation: citationOf(citation) }];
    }
    return unknownEvent(event);
  }

  #blockEnd(block: number): readonly ReplyEvent[] {
    const at = { choice: 0, block } as const;
    const open = this.#blocks.get(block);
    this.#blocks.delete(block);
    const end = { type: 'block-end', ...at } as const;
    if (open?.native) return [{ type: 'block-start', ...at, start: nativeStart(open.native.whole()) }, end];
    if (open?.inputAtStart === undefined) return [end];
    return [{ type: 'tool-input-delta', ...at, json: open.inputAtStart }, end];
  }

  /** Fields beside the known ones, here and in `message_start`, are those that a whole reply has at its top. */
  #messageDelta(event: Fields): readonly ReplyEvent[] {
    const delta = objectIn(event, 'delta');
    const { stop_reason: reason, stop_sequence: stopSequence, ...inDelta } = delta;
    const { type: _type, delta: _delta, usage, ...beside } = event;
    this.#extra = { ...this.#extra, ...inDelta, ...beside };
    if (isFields(usage)) this.#usage = mergedUsage(this.#usage, usage);
    const finish = typeof reason === 'string' ? finishOf(reason, stopSequence) : undefined;
    const extra = Object.keys(this.#extra).length > 0 && finish ? this.#extra : undefined;
    return [
      ...(extra ? [{ type: 'native', dialect: DIALECT, fields: extra } as const] : []),
      ...(isFields(usage) ? [{ type: 'usage', usage: usageOf(this.#usage) } as const] : []),
      ...(finish ? [finish] : []),
    ];
  }
}

function objectIn(event: Fields, key: string): Fields {
  const value = event[key];
  return isFields(value) ? value : {};
}

function unknownEvent(event: Fields): readonly ReplyEvent[] {
  return [{ type: 'native', dialect: DIALECT, fields: { [STREAM_EVENT]: event } }];
}

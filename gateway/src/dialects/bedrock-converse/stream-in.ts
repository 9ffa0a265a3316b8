import type { BlockStart, ReplyEvent } from '../../model/reply.ts';
import { type At, callStart } from './block-in.ts';
import { citationOf } from './citations.ts';
import { errorOf } from './errors.ts';
import { DIALECT, type Fields, isFields, numberOf, onlyField, textOf } from './fields.ts';
import { readMessage } from './messages.ts';
import { finishOf } from './stop-reason.ts';
import { usageOf } from './usage.ts';

/** A block that isn't over. Redacted thoughts and blocks without a word of ours are gathered until they are. */
interface OpenBlock {
  readonly start: BlockStart | undefined;
  redacted: string;
  readonly native: { readonly kind: string; readonly start: Fields; readonly deltas: unknown[] } | undefined;
}

/**
 * Reads a stream. Only tool calls are said to begin; other blocks begin with their first delta.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export class StreamReader {
  readonly #open = new Map<number, OpenBlock>();
  #state: 'before' | 'within' | 'stopped' | 'over' = 'before';
  /** The wire gives its replies no id, and other wires can't do without: the checksums of the first two messages. */
  #id = 'reply-';

  push(frame: Buffer): readonly ReplyEvent[] {
    const message = readMessage(frame);
    if (!message || this.#state === 'over') return [];
    const { kind, name, fields } = message;
    if (kind !== 'event') {
      this.#state = 'over';
      return [{ type: 'error', error: errorOf(name, fields) }];
    }
    const started = this.#state === 'before' ? this.#start(frame, name) : [];
    return [...started, ...this.#event(name, fields)];
  }

  /** What follows the answer's end is usage at most; without it the reply is over all the same. */
  end(): readonly ReplyEvent[] {
    if (this.#state !== 'stopped') return [];
    this.#state = 'over';
    return [{ type: 'end' }];
  }

  #start(frame: Buffer, name: string): readonly ReplyEvent[] {
    this.#id += frame.toString('hex', frame.length - 4);
    if (name === 'messageStart') return [];
    this.#state = 'within';
    return [{ type: 'start', id: this.#id, model: '' }];
  }

  #event(name: string, fields: Fields): readonly ReplyEvent[] {
    const at = { choice: 0, block: numberOf(fields['contentBlockIndex']) ?? 0 } as const;
    switch (name) {
      case 'contentBlockDelta':
        return isFields(fields['delta']) ? this.#delta(fields['delta'], at) : [];
      case 'contentBlockStart':
        return isFields(fields['start']) ? this.#blockStart(fields['start'], at) : [];
      case 'contentBlockStop':
        return this.#blockEnd(at);
      case 'messageStop':
        return this.#stop(fields);
      case 'metadata':
        return this.#metadata(fields);
      default:
        return [];
    }
  }

  #blockStart(start: Fields, at: At): readonly ReplyEvent[] {
    const [kind = '', value] = onlyField(start) ?? [];
    const fields = isFields(value) ? value : {};
    const call = kind === 'toolUse' ? callStart(fields) : undefined;
    if (call) return this.#opened(call, at);
    this.#open.set(at.block, { start: undefined, redacted: '', native: { kind, start: fields, deltas: [] } });
    return [];
  }

  #opened(start: BlockStart, at: At): readonly ReplyEvent[] {
    this.#open.set(at.block, { start, redacted: '', native: undefined });
    return [{ type: 'block-start', ...at, start }];
  }

  #delta(delta: Fields, at: At): readonly ReplyEvent[] {
    const [kind = '', value] = onlyField(delta) ?? [];
    const open = this.#open.get(at.block);
    if (open?.native) {
      open.native.deltas.push(value);
      return [];
    }
    if (kind === 'text' && typeof value === 'string') {
      return [...this.#begun('text', at), { type: 'text-delta', ...at, text: value }];
    }
    if (!isFields(value)) return [];
    if (kind === 'citation')
      return [...this.#begun('text', at), { type: 'citation', ...at, citation: citationOf(value) }];
    if (kind === 'reasoningContent') return this.#reasoning(value, at);
    const json = kind === 'toolUse' ? textOf(value['input']) : undefined;
    return json === undefined || json === '' ? [] : [{ type: 'tool-input-delta', ...at, json }];
  }

  #reasoning({ text, signature, redactedContent }: Fields, at: At): readonly ReplyEvent[] {
    if (typeof redactedContent === 'string') {
      const open = this.#open.get(at.block) ?? { start: undefined, redacted: '', native: undefined };
      open.redacted += redactedContent;
      this.#open.set(at.block, open);
      return [];
    }
    const begun = this.#begun('reasoning', at);
    if (typeof signature === 'string') return [...begun, { type: 'signature-delta', ...at, signature }];
    return [...begun, { type: 'reasoning-delta', ...at, text: textOf(text) ?? '' }];
  }

  #begun(kind: 'text' | 'reasoning', at: At): readonly ReplyEvent[] {
    return this.#open.has(at.block) ? [] : this.#opened({ kind }, at);
  }

  #blockEnd(at: At): readonly ReplyEvent[] {
    const open = this.#open.get(at.block);
    this.#open.delete(at.block);
    const end = { type: 'block-end', ...at } as const;
    // A block without a delta said nothing: an empty text.
    if (!open) return [{ type: 'block-start', ...at, start: { kind: 'text' } }, end];
    if (open.start) return [end];
    return [{ type: 'block-start', ...at, start: gathered(open) }, end];
  }

  #stop({ stopReason, additionalModelResponseFields }: Fields): readonly ReplyEvent[] {
    this.#state = 'stopped';
    const left = [...this.#open.keys()].flatMap((block) => this.#blockEnd({ choice: 0, block }));
    const fields = additionalModelResponseFields === undefined ? undefined : { additionalModelResponseFields };
    return [
      ...left,
      ...(fields ? [{ type: 'native', dialect: DIALECT, fields } as const] : []),
      finishOf(textOf(stopReason) ?? '', additionalModelResponseFields),
    ];
  }

  /** The last event. Its `p` is padding. */
  #metadata({ usage, p: _padding, ...fields }: Fields): readonly ReplyEvent[] {
    const isOver = this.#state === 'stopped';
    if (isOver) this.#state = 'over';
    return [
      ...(isFields(usage) ? [{ type: 'usage', usage: usageOf(usage) } as const] : []),
      { type: 'native', dialect: DIALECT, fields },
      ...(isOver ? [{ type: 'end' } as const] : []),
    ];
  }
}

function gathered({ redacted, native }: OpenBlock): BlockStart {
  if (!native) return { kind: 'redacted-reasoning', data: redacted };
  return { kind: 'native', dialect: DIALECT, value: { [native.kind]: wholeOf(native) } };
}

/** As the block would stand in a whole reply. */
function wholeOf({ kind, start, deltas }: Exclude<OpenBlock['native'], undefined>): Fields {
  if (kind !== 'toolUse') return { ...start, content: deltas.flat() };
  const json = deltas.map((delta) => (isFields(delta) ? (textOf(delta['input']) ?? '') : '')).join('');
  try {
    return { ...start, input: json === '' ? {} : (JSON.parse(json) as unknown) };
  } catch {
    return { ...start, input: json };
  }
}

import type { BlockStart, ReplyEvent, Usage } from '../../model/reply.ts';
import { citationOut } from './citations.ts';
import { streamExceptionOf } from './errors.ts';
import { DIALECT, type Fields, isFields, objectsOf, onlyField, ownFields, present } from './fields.ts';
import { eventMessage, exceptionMessage } from './messages.ts';
import { type Finish, reasonOut } from './stop-reason.ts';
import { usageOut } from './usage.ts';
import { redactedOut } from './redacted.ts';

type BlockEvent = Extract<ReplyEvent, { readonly block: number }>;

/** Writes a stream. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html */
export class StreamEncoder {
  #isBegun = false;
  #isOver = false;
  #usage: Usage | undefined;
  #native: Fields = {};
  #finish: Finish | undefined;
  /** Blocks are numbered as they go out, since those of other dialects may be left out. */
  readonly #places = new Map<number, number>();
  #next = 0;

  push(event: ReplyEvent): readonly Buffer[] {
    if (this.#isOver) return [];
    switch (event.type) {
      case 'start':
      case 'notice':
      case 'logprobs':
        return [];
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'native':
        if (event.dialect === DIALECT && event.choice === undefined)
          this.#native = { ...this.#native, ...event.fields };
        return [];
      case 'error':
        this.#isOver = true;
        return [exceptionMessage(streamExceptionOf(event.error), { message: event.error.message })];
      case 'end':
        return this.#close();
      case 'finish':
        if (event.choice === 0) this.#finish = event;
        return [];
      default:
        // The wire has room for one answer.
        return event.choice === 0 ? [...this.#begin(), ...this.#inBlock(event)] : [];
    }
  }

  /** A reply that stopped without a proper end gets none here either. */
  end(): readonly Buffer[] {
    return !this.#isOver && this.#finish ? this.#close() : [];
  }

  #begin(): readonly Buffer[] {
    if (this.#isBegun) return [];
    this.#isBegun = true;
    return [eventMessage('messageStart', { role: 'assistant' })];
  }

  #close(): readonly Buffer[] {
    this.#isOver = true;
    const open = [...this.#places.values()].map((place) =>
      eventMessage('contentBlockStop', { contentBlockIndex: place }),
    );
    const { additionalModelResponseFields, ...fields } = this.#native;
    return [
      ...this.#begin(),
      ...open,
      eventMessage('messageStop', present({ stopReason: reasonOut(this.#finish), additionalModelResponseFields })),
      eventMessage('metadata', { metrics: { latencyMs: 0 }, ...fields, usage: usageOut(this.#usage) }),
    ];
  }

  #inBlock(event: BlockEvent): readonly Buffer[] {
    if (event.type === 'block-start') return this.#blockStart(event.block, event.start);
    const contentBlockIndex = this.#places.get(event.block);
    if (contentBlockIndex === undefined) return [];
    if (event.type !== 'block-end')
      return [eventMessage('contentBlockDelta', { delta: deltaOut(event), contentBlockIndex })];
    this.#places.delete(event.block);
    return [eventMessage('contentBlockStop', { contentBlockIndex })];
  }

  #blockStart(block: number, start: BlockStart): readonly Buffer[] {
    if (start.kind === 'native' && start.dialect !== DIALECT) return [];
    const contentBlockIndex = this.#next;
    this.#next += 1;
    this.#places.set(block, contentBlockIndex);
    const said = beginning(start);
    return [
      ...(said.start ? [eventMessage('contentBlockStart', { start: said.start, contentBlockIndex })] : []),
      ...said.deltas.map((delta) => eventMessage('contentBlockDelta', { delta, contentBlockIndex })),
    ];
  }
}

interface Beginning {
  readonly start: Fields | undefined;
  readonly deltas: readonly Fields[];
}

/** Only some kinds of blocks are said to begin; some say all that they have at once. */
function beginning(start: BlockStart): Beginning {
  switch (start.kind) {
    case 'tool-call':
      return { start: { toolUse: { ...ownFields(start.extra), toolUseId: start.id, name: start.name } }, deltas: [] };
    case 'redacted-reasoning':
      return { start: undefined, deltas: [{ reasoningContent: { redactedContent: redactedOut(start.data) } }] };
    case 'native':
      return isFields(start.value) ? nativeBeginning(start.value) : { start: undefined, deltas: [] };
    case 'text':
    case 'refusal':
    case 'reasoning':
      return { start: undefined, deltas: [] };
  }
}

function nativeBeginning(content: Fields): Beginning {
  const [kind = '', value] = onlyField(content) ?? [];
  if (!isFields(value)) return { start: undefined, deltas: [] };
  if (kind === 'toolUse') {
    const { input, ...start } = value;
    return { start: { toolUse: start }, deltas: [{ toolUse: { input: JSON.stringify(input ?? {}) } }] };
  }
  const { content: pieces, ...start } = value;
  return { start: { [kind]: start }, deltas: objectsOf(pieces).map((piece) => ({ [kind]: [piece] })) };
}

function deltaOut(event: Exclude<BlockEvent, { type: 'block-start' | 'block-end' }>): Fields {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
      return { text: event.text };
    case 'reasoning-delta':
      return { reasoningContent: { text: event.text } };
    case 'signature-delta':
      return { reasoningContent: { signature: event.signature } };
    case 'tool-input-delta':
      return { toolUse: { input: event.json } };
    case 'citation':
      return { citation: citationOut(event.citation) };
  }
}

import type { BlockStart, ReplyEvent, TokenLogprob, Usage } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { sseFrame } from '../sse.ts';
import { callOut, createTimeOf, type ReplyStart } from './block-out.ts';
import { errorOut } from './errors.ts';
import { DIALECT, type Fields, isFields, ownFields, present } from './fields.ts';
import { type Finish, reasonOut } from './finish-reason.ts';
import { type CitedText, groundingOut } from './grounding.ts';
import { logprobsOut } from './logprobs.ts';
import { usageOut } from './usage.ts';

/** Writes a stream. https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
export function streamEncoder(options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  const encoder = new StreamEncoder(options.model);
  return { push: (event) => encoder.push(event), end: () => encoder.end() };
}

interface OpenBlock {
  readonly start: BlockStart;
  text: string;
  signature: string;
}

/** What is known of one answer until its end is said. */
interface OpenChoice {
  readonly blocks: Map<number, OpenBlock>;
  /** A text with fields beside it waits for the next frame, since its sources may be said in the last one. */
  readonly waiting: Fields[];
  readonly cited: CitedText[];
  readonly logprobs: TokenLogprob[];
  native: Fields;
  finish: Finish | undefined;
}

type ChoiceEvent = Extract<ReplyEvent, { readonly choice: number }>;

class StreamEncoder {
  readonly #model: string;
  readonly #choices = new Map<number, OpenChoice>();
  #start: ReplyStart = { id: '' };
  #usage: Usage | undefined;
  #native: Fields = {};
  #isOver = false;

  constructor(model: string) {
    this.#model = model;
  }

  push(event: ReplyEvent): readonly Buffer[] {
    if (this.#isOver) return [];
    switch (event.type) {
      case 'start':
        this.#start = event;
        return [];
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'native':
        return this.#keep(event);
      case 'error':
        this.#isOver = true;
        return [sseFrame(errorOut(event.error))];
      case 'end':
        return this.#close();
      case 'notice':
        return [];
      default:
        return this.#inChoice(event);
    }
  }

  /** A reply that stopped without a proper end gets none here either. */
  end(): readonly Buffer[] {
    return !this.#isOver && [...this.#choices.values()].some(({ finish }) => finish) ? this.#close() : [];
  }

  #keep({ dialect, choice, fields }: Extract<ReplyEvent, { type: 'native' }>): readonly Buffer[] {
    if (dialect !== DIALECT) return [];
    if (choice === undefined) this.#native = { ...this.#native, ...fields };
    else this.#choice(choice).native = { ...this.#choice(choice).native, ...fields };
    return [];
  }

  #inChoice(event: ChoiceEvent): readonly Buffer[] {
    const choice = this.#choice(event.choice);
    const said = partsOf(event, choice);
    const parts = said.length > 0 ? [...choice.waiting.splice(0), ...said] : said;
    return parts.map((part) => this.#frame([{ content: { parts: [part], role: 'model' }, index: event.choice }]));
  }

  #choice(index: number): OpenChoice {
    let choice = this.#choices.get(index);
    if (!choice) {
      choice = { blocks: new Map(), waiting: [], cited: [], logprobs: [], native: {}, finish: undefined };
      this.#choices.set(index, choice);
    }
    return choice;
  }

  /** The last frame says how each answer ended and what all of them took. */
  #close(): readonly Buffer[] {
    this.#isOver = true;
    const choices = [...this.#choices].sort(([a], [b]) => a - b);
    const open = choices.flatMap(([index, choice]) =>
      [...choice.blocks.values()].flatMap((block) => closing(block)).map((part) => ({ part, index })),
    );
    const rest = open.map(({ part, index }) => this.#frame([{ content: { parts: [part], role: 'model' }, index }]));
    const isRefused = isFields(this.#native['promptFeedback']);
    const last = isRefused ? undefined : choices.map(([index, choice]) => lastCandidate(index, choice));
    return [...rest, this.#frame(last, this.#native)];
  }

  #frame(candidates: readonly Fields[] | undefined, native: Fields = {}): Buffer {
    const usageMetadata = usageOut(this.#usage);
    const createTime = this.#native['createTime'] ?? createTimeOf(this.#start);
    const said = present({ candidates, usageMetadata, createTime });
    return sseFrame({ ...said, modelVersion: this.#model, responseId: this.#start.id, ...native });
  }
}

function lastCandidate(index: number, { waiting, finish, native, cited, logprobs }: OpenChoice): Fields {
  return {
    // Google's own client forgets an answer with a piece that has no parts.
    content: { parts: waiting.length > 0 ? waiting : [{ text: '' }], role: 'model' },
    finishReason: reasonOut(finish),
    index,
    ...present({
      groundingMetadata: groundingOut(cited),
      logprobsResult: logprobs.length > 0 ? logprobsOut(logprobs) : undefined,
    }),
    ...native,
  };
}

function partsOf(event: ChoiceEvent, choice: OpenChoice): readonly Fields[] {
  switch (event.type) {
    case 'finish':
      choice.finish = event;
      return [];
    case 'logprobs':
      choice.logprobs.push(...event.tokens);
      return [];
    case 'block-start':
      choice.blocks.set(event.block, { start: event.start, text: '', signature: '' });
      return [];
    case 'block-end':
      return ended(event.block, choice);
    default:
      return delta(event, choice);
  }
}

type DeltaEvent = Exclude<ChoiceEvent, { type: 'finish' | 'logprobs' | 'block-start' | 'block-end' }>;

function delta(event: DeltaEvent, choice: OpenChoice): readonly Fields[] {
  const block = choice.blocks.get(event.block);
  if (!block) return [];
  if (event.type === 'signature-delta') block.signature += event.signature;
  else if (event.type === 'citation') choice.cited.push({ citation: event.citation, text: block.text });
  else if (event.type === 'tool-input-delta') block.text += event.json;
  else {
    block.text += event.text;
    if (event.text === '' || isSaidWhole(block.start)) return [];
    return [event.type === 'reasoning-delta' ? { text: event.text, thought: true } : { text: event.text }];
  }
  return [];
}

/** A text with fields beside it is one part, and goes out when it is complete. */
function isSaidWhole(start: BlockStart): boolean {
  return start.kind === 'text' && ownFields(start.extra) !== undefined;
}

function ended(index: number, choice: OpenChoice): readonly Fields[] {
  const block = choice.blocks.get(index);
  choice.blocks.delete(index);
  if (!block) return [];
  if (!isSaidWhole(block.start)) return closing(block);
  choice.waiting.push(...closing(block));
  return [];
}

/** What a block says at its end. */
function closing({ start, text, signature }: OpenBlock): readonly Fields[] {
  switch (start.kind) {
    case 'tool-call':
      return [callOut(start, text)];
    case 'native':
      return start.dialect === DIALECT && isFields(start.value) ? [start.value] : [];
    case 'reasoning':
      return signature === '' ? [] : [{ text: '', thought: true, thoughtSignature: signature }];
    case 'text':
      return isSaidWhole(start) ? [{ ...ownFields(start.extra), text }] : [];
    case 'refusal':
    case 'redacted-reasoning':
      return [];
  }
}

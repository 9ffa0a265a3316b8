import type { FinishReason, ReplyEvent, TokenLogprob, Usage } from './reply.ts';
import type { Citation, DialectId, Extra } from './request.ts';

/** One finished piece of an answer. */
export type Block =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly citations: readonly Citation[];
      readonly extra?: Extra;
    }
  | {
      readonly kind: 'reasoning';
      readonly text: string;
      readonly signature: string | undefined;
      readonly extra?: Extra;
    }
  | { readonly kind: 'redacted-reasoning'; readonly data: string; readonly extra?: Extra }
  | { readonly kind: 'refusal'; readonly text: string; readonly extra?: Extra }
  | {
      readonly kind: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly input: string;
      readonly freeform: boolean;
      readonly extra?: Extra;
    }
  | { readonly kind: 'native'; readonly dialect: DialectId; readonly value: unknown };

/** One of the `n` answers. */
export interface Choice {
  readonly index: number;
  readonly blocks: readonly Block[];
  readonly finish: FinishReason | undefined;
  readonly nativeFinish: { readonly dialect: DialectId; readonly reason: string } | undefined;
  readonly stopSequence: string | undefined;
  readonly logprobs: readonly TokenLogprob[] | undefined;
  readonly native: readonly NativeFields[];
}

/** Fields of one dialect that the vocabulary has no word for. */
export interface NativeFields {
  readonly dialect: DialectId;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The events of a reply, added up. */
export interface ChatReply {
  readonly id: string;
  readonly model: string;
  readonly createdAtSeconds: number | undefined;
  readonly choices: readonly Choice[];
  readonly usage: Usage | undefined;
  readonly notices: readonly string[];
  readonly native: readonly NativeFields[];
}

interface OpenBlock {
  readonly start: Extract<ReplyEvent, { type: 'block-start' }>['start'];
  text: string;
  signature: string;
  readonly citations: Citation[];
}

interface OpenChoice {
  readonly blocks: Map<number, OpenBlock>;
  finish: Extract<ReplyEvent, { type: 'finish' }> | undefined;
  logprobs: TokenLogprob[] | undefined;
  readonly native: NativeFields[];
}

/** Adds events up to a reply. Errors are thrown, since a failed reply has no sum. */
export function fold(events: Iterable<ReplyEvent>): ChatReply {
  const folding = new Folding();
  for (const event of events) folding.add(event);
  return folding.reply();
}

/** A reply being added up, one event at a time. */
export class Folding {
  #id = '';
  #model = '';
  #createdAtSeconds: number | undefined;
  #usage: Usage | undefined;
  readonly #choices = new Map<number, OpenChoice>();
  readonly #notices: string[] = [];
  readonly #native: NativeFields[] = [];

  add(event: ReplyEvent): void {
    switch (event.type) {
      case 'start':
        this.#id = event.id;
        this.#model = event.model;
        this.#createdAtSeconds = event.createdAtSeconds;
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'notice':
        this.#notices.push(event.message);
        break;
      case 'native':
        (event.choice === undefined ? this.#native : this.#choice(event.choice).native).push({
          dialect: event.dialect,
          fields: event.fields,
        });
        break;
      case 'error':
        throw event.error;
      case 'end':
        break;
      default:
        addToChoice(this.#choice(event.choice), event);
    }
  }

  reply(): ChatReply {
    const choices = [...this.#choices.entries()].sort(([a], [b]) => a - b);
    return {
      id: this.#id,
      model: this.#model,
      createdAtSeconds: this.#createdAtSeconds,
      choices: choices.map(([index, choice]) => closedChoice(index, choice)),
      usage: this.#usage,
      notices: this.#notices,
      native: this.#native,
    };
  }

  #choice(index: number): OpenChoice {
    let choice = this.#choices.get(index);
    if (!choice)
      this.#choices.set(index, (choice = { blocks: new Map(), finish: undefined, logprobs: undefined, native: [] }));
    return choice;
  }
}

type ChoiceEvent = Exclude<ReplyEvent, { type: 'start' | 'usage' | 'notice' | 'native' | 'error' | 'end' }>;

function addToChoice(choice: OpenChoice, event: ChoiceEvent): void {
  if (event.type === 'finish') {
    choice.finish = event;
    return;
  }
  if (event.type === 'logprobs') {
    (choice.logprobs ??= []).push(...event.tokens);
    return;
  }
  if (event.type === 'block-start') {
    choice.blocks.set(event.block, { start: event.start, text: '', signature: '', citations: [] });
    return;
  }
  const block = choice.blocks.get(event.block);
  if (!block) return;
  if (event.type === 'tool-input-delta') block.text += event.json;
  else if (event.type === 'signature-delta') block.signature += event.signature;
  else if (event.type === 'citation') block.citations.push(event.citation);
  else if (event.type !== 'block-end') block.text += event.text;
}

function closedChoice(index: number, { blocks, finish, logprobs, native }: OpenChoice): Choice {
  return {
    index,
    blocks: [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => closedBlock(block)),
    finish: finish?.reason,
    nativeFinish: finish?.native,
    stopSequence: finish?.stopSequence,
    logprobs,
    native,
  };
}

function closedBlock({ start, text, signature, citations }: OpenBlock): Block {
  switch (start.kind) {
    case 'text':
      return { kind: 'text', text, citations, ...extraOf(start) };
    case 'reasoning':
      return { kind: 'reasoning', text, signature: signature === '' ? undefined : signature, ...extraOf(start) };
    case 'refusal':
      return { kind: 'refusal', text, ...extraOf(start) };
    case 'tool-call':
      return {
        kind: 'tool-call',
        id: start.id,
        name: start.name,
        input: text,
        freeform: start.freeform ?? false,
        ...extraOf(start),
      };
    case 'redacted-reasoning':
    case 'native':
      return start;
  }
}

function extraOf({ extra }: { readonly extra?: Extra }): { readonly extra?: Extra } {
  return extra ? { extra } : {};
}

/** Says a whole reply as events, so that a stored or a plain answer can be streamed. `fold(unfold(reply))` is `reply`. */
export function unfold(reply: ChatReply): readonly ReplyEvent[] {
  return [
    {
      type: 'start',
      id: reply.id,
      model: reply.model,
      ...(reply.createdAtSeconds === undefined ? {} : { createdAtSeconds: reply.createdAtSeconds }),
    },
    ...reply.native.map((native) => ({ type: 'native', ...native }) as const),
    ...reply.notices.map((message) => ({ type: 'notice', message }) as const),
    ...reply.choices.flatMap(choiceEvents),
    ...(reply.usage ? [{ type: 'usage', usage: reply.usage } as const] : []),
    { type: 'end' },
  ];
}

function choiceEvents({
  index: choice,
  blocks,
  finish,
  nativeFinish,
  stopSequence,
  logprobs,
  native,
}: Choice): ReplyEvent[] {
  return [
    ...native.map((fields) => ({ type: 'native', choice, ...fields }) as const),
    ...blocks.flatMap((block, at) => blockEvents(choice, at, block)),
    ...(logprobs ? [{ type: 'logprobs', choice, tokens: logprobs } as const] : []),
    ...(finish
      ? [
          {
            type: 'finish',
            choice,
            reason: finish,
            ...(nativeFinish ? { native: nativeFinish } : {}),
            ...(stopSequence === undefined ? {} : { stopSequence }),
          } as const,
        ]
      : []),
  ];
}

function blockEvents(choice: number, block: number, whole: Block): ReplyEvent[] {
  const at = { choice, block } as const;
  return [{ type: 'block-start', ...at, start: startOf(whole) }, ...insideOf(at, whole), { type: 'block-end', ...at }];
}

function startOf(block: Block): Extract<ReplyEvent, { type: 'block-start' }>['start'] {
  switch (block.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return { kind: block.kind, ...extraOf(block) };
    case 'tool-call':
      return {
        kind: 'tool-call',
        id: block.id,
        name: block.name,
        ...(block.freeform ? { freeform: true } : {}),
        ...extraOf(block),
      };
    case 'redacted-reasoning':
    case 'native':
      return block;
  }
}

function insideOf(at: { readonly choice: number; readonly block: number }, block: Block): ReplyEvent[] {
  switch (block.kind) {
    case 'text':
      return [
        { type: 'text-delta', ...at, text: block.text },
        ...block.citations.map((citation) => ({ type: 'citation', ...at, citation }) as const),
      ];
    case 'reasoning':
      return [
        { type: 'reasoning-delta', ...at, text: block.text },
        ...(block.signature === undefined
          ? []
          : [{ type: 'signature-delta', ...at, signature: block.signature } as const]),
      ];
    case 'refusal':
      return [{ type: 'refusal-delta', ...at, text: block.text }];
    case 'tool-call':
      return [{ type: 'tool-input-delta', ...at, json: block.input }];
    case 'redacted-reasoning':
    case 'native':
      return [];
  }
}

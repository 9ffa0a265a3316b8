import type { BlockStart, ReplyEvent, Usage } from '../../model/reply.ts';
import type { EncodeOptions } from '../contract.ts';
import { writeError } from '../openai-errors.ts';
import { writeFinish } from '../openai-finish.ts';
import { hasFields, type JsonDraft, type JsonObject } from '../json-object.ts';
import { writeUsage } from '../openai-usage.ts';
import { sseFrame } from '../sse.ts';
import { writeAnnotation } from './annotations.ts';
import { addDelta, nativeChoice } from '../openai-native.ts';
import { encryptedDetail, signedDetail } from './reasoning-details.ts';

type EventOf<Type extends ReplyEvent['type']> = Extract<ReplyEvent, { type: Type }>;

interface OpenAnswer {
  readonly callIndexes: Map<number, number>;
  readonly freeform: Set<number>;
  reasoningField: string;
  /** The reasoning of the open block, which its signature will be the proof of. */
  reasoning: string;
  details: number;
  beside: JsonDraft;
}

const NO_CHUNKS: readonly Buffer[] = [];

/** Writes a reply as chunks. https://platform.openai.com/docs/api-reference/chat-streaming/streaming */
export class ChunkWriting {
  readonly #options: EncodeOptions;
  readonly #answers = new Map<number, OpenAnswer>();
  /** Fields of every chunk, and those of the next one only. */
  readonly #always: JsonDraft = {};
  #once: JsonDraft = {};
  #id = '';
  #created = 0;
  #head = '';
  #tail: string;
  #usage: Usage | undefined;

  constructor(options: EncodeOptions) {
    this.#options = options;
    this.#tail = options.usage ? '],"usage":null}\n\n' : ']}\n\n';
  }

  write(event: ReplyEvent): readonly Buffer[] {
    switch (event.type) {
      case 'start':
        this.#id = event.id;
        this.#created = event.createdAtSeconds ?? this.#options.nowSeconds ?? 0;
        this.#newHead();
        return this.#begun(0);
      case 'usage':
        this.#usage = event.usage;
        return NO_CHUNKS;
      case 'notice':
        return NO_CHUNKS;
      case 'error':
        return [sseFrame(writeError(event.error))];
      case 'end':
        return this.#end();
      case 'native':
        return event.dialect === 'openai-chat' ? this.#native(event) : NO_CHUNKS;
      default:
        return [...this.#begun(event.choice), ...this.#inAnswer(event)];
    }
  }

  #inAnswer(event: Exclude<ReplyEvent, EventOf<'start' | 'usage' | 'notice' | 'error' | 'end' | 'native'>>): Buffer[] {
    const { choice } = event;
    const answer = this.#answer(choice);
    switch (event.type) {
      case 'text-delta':
        return this.#delta(choice, 'content', event.text);
      case 'reasoning-delta':
        answer.reasoning += event.text;
        return this.#delta(choice, answer.reasoningField, event.text);
      case 'refusal-delta':
        return this.#delta(choice, 'refusal', event.text);
      case 'tool-input-delta':
        return [this.#chunk(choice, { tool_calls: [callInput(answer, event)] })];
      case 'signature-delta':
        return [this.#chunk(choice, { reasoning_details: [signature(answer, event.signature)] })];
      case 'citation': {
        const annotation = writeAnnotation(event.citation);
        return annotation ? [this.#chunk(choice, { annotations: [annotation] })] : [];
      }
      case 'logprobs':
        return [this.#chunk(choice, {}, { logprobs: { content: event.tokens, refusal: null } })];
      case 'finish':
        return [this.#chunk(choice, {}, { finish_reason: writeFinish(event.reason, event.native, 'openai-chat') })];
      case 'block-start':
        return this.#blockStart(answer, event);
      case 'block-end':
        return [];
    }
  }

  #blockStart(answer: OpenAnswer, { choice, block, start }: EventOf<'block-start'>): Buffer[] {
    switch (start.kind) {
      case 'tool-call': {
        const index = answer.callIndexes.size;
        answer.callIndexes.set(block, index);
        if (start.freeform) answer.freeform.add(block);
        return [this.#chunk(choice, { tool_calls: [{ index, ...callStart(start) }] })];
      }
      case 'redacted-reasoning':
        return [this.#chunk(choice, { reasoning_details: [encryptedDetail(start.data, answer.details++)] })];
      case 'native':
        return start.dialect === 'openai-chat' ? [this.#chunk(choice, { content: [start.value] })] : [];
      case 'reasoning':
        answer.reasoning = '';
        return [];
      case 'text':
      case 'refusal':
        return [];
    }
  }

  #native({ choice, fields }: EventOf<'native'>): readonly Buffer[] {
    if (choice === undefined) {
      for (const key of Object.keys(fields)) {
        const value = fields[key];
        (typeof value === 'object' ? this.#once : this.#always)[key] = value;
      }
      this.#newHead();
      return NO_CHUNKS;
    }
    const begun = this.#begun(choice);
    const answer = this.#answer(choice);
    const own = nativeChoice(fields);
    answer.reasoningField = own.reasoningField ?? answer.reasoningField;
    addDelta(answer.beside, own.beside);
    return hasFields(own.message) ? [...begun, this.#chunk(choice, own.message)] : begun;
  }

  #end(): readonly Buffer[] {
    const frames: Buffer[] = [];
    if (this.#options.usage && this.#usage) {
      frames.push(sseFrame({ ...this.#fields(), choices: [], usage: writeUsage(this.#usage, 'openai-chat') }));
    } else if (hasFields(this.#once)) frames.push(sseFrame({ ...this.#fields(), choices: [] }));
    return [...frames, sseFrame('[DONE]')];
  }

  /** The first chunk of each answer says the role. */
  #begun(choice: number): readonly Buffer[] {
    if (this.#answers.has(choice)) return NO_CHUNKS;
    this.#answer(choice);
    return [this.#chunk(choice, { role: 'assistant', content: '', refusal: null })];
  }

  #answer(choice: number): OpenAnswer {
    let answer = this.#answers.get(choice);
    if (!answer) {
      answer = {
        callIndexes: new Map(),
        freeform: new Set(),
        reasoningField: 'reasoning_content',
        reasoning: '',
        details: 0,
        beside: {},
      };
      this.#answers.set(choice, answer);
    }
    return answer;
  }

  /** Nearly all chunks are one more piece of text, so these are put together by hand. */
  #delta(choice: number, field: string, text: string): Buffer[] {
    if (hasFields(this.#once) || hasFields(this.#answer(choice).beside))
      return [this.#chunk(choice, { [field]: text })];
    const said = `{"index":${choice},"delta":{"${field}":${JSON.stringify(text)}},"logprobs":null,"finish_reason":null}`;
    return [Buffer.from(this.#head + said + this.#tail)];
  }

  #chunk(index: number, delta: JsonObject, more: JsonObject = {}): Buffer {
    const answer = this.#answer(index);
    const choice = { index, delta, logprobs: null, finish_reason: null, ...more, ...answer.beside };
    answer.beside = {};
    const usage = this.#options.usage ? { usage: null } : {};
    return sseFrame({ ...this.#fields(), choices: [choice], ...usage });
  }

  #fields(): JsonObject {
    const fields = { ...this.#standing(), ...this.#once };
    this.#once = {};
    return fields;
  }

  #standing(): JsonObject {
    const { model } = this.#options;
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#created, model, ...this.#always };
  }

  #newHead(): void {
    this.#head = `data: ${JSON.stringify(this.#standing()).slice(0, -1)},"choices":[`;
  }
}

function callStart({ id, name, freeform, extra }: Extract<BlockStart, { kind: 'tool-call' }>): JsonObject {
  const own = extra?.dialect === 'openai-chat' ? extra.fields : {};
  if (freeform) return { id, type: 'custom', custom: { name, input: '' }, ...own };
  return { id, type: 'function', function: { name, arguments: '' }, ...own };
}

function callInput({ callIndexes, freeform }: OpenAnswer, { block, json }: EventOf<'tool-input-delta'>): JsonObject {
  const index = callIndexes.get(block) ?? 0;
  return freeform.has(block) ? { index, custom: { input: json } } : { index, function: { arguments: json } };
}

function signature(answer: OpenAnswer, proof: string): JsonObject {
  const detail = signedDetail(answer.reasoning, proof, answer.details);
  answer.details += 1;
  return detail;
}

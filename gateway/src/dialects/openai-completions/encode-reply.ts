import type { Block, ChatReply, Choice } from '../../model/fold.ts';
import type { FinishReason, ReplyEvent, Usage, Wire } from '../../model/reply.ts';
import type { DialectId } from '../../model/request.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { foldedBody } from '../folded-body.ts';
import { writeError } from '../openai-errors.ts';
import { writeFinish } from '../openai-finish.ts';
import type { JsonDraft, JsonObject } from '../json-object.ts';
import { addDelta, nativeChoice } from '../openai-native.ts';
import { OPENAI_END_MARK } from '../openai-stream.ts';
import { writeUsage } from '../openai-usage.ts';
import { sseFrame } from '../sse.ts';
import { writeTextLogprobs } from './text-logprobs.ts';

const DIALECT = 'openai-completions';

/** Writes a reply as text completions. What isn't text (reasoning, tool calls) has no place in them. */
export function encodeCompletionReply(form: Wire['form'], options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  if (form === 'sse') {
    const writing = new TextChunkWriting(options);
    return { push: (event) => writing.write(event), end: () => [] };
  }
  return foldedBody((reply) => completionBody(reply, options));
}

/** https://platform.openai.com/docs/api-reference/completions/object */
function completionBody(reply: ChatReply, { model, nowSeconds = 0 }: EncodeOptions): JsonObject {
  const own: JsonDraft = {};
  for (const { dialect, fields } of reply.native) if (dialect === DIALECT) Object.assign(own, fields);
  return {
    id: reply.id,
    object: 'text_completion',
    created: reply.createdAtSeconds ?? nowSeconds,
    model,
    choices: reply.choices.map(choiceBody),
    ...(reply.usage ? { usage: writeUsage(reply.usage, DIALECT) } : {}),
    ...own,
  };
}

function choiceBody({ index, blocks, finish, nativeFinish, logprobs, native }: Choice): JsonObject {
  const beside: JsonDraft = {};
  for (const { dialect, fields } of native) if (dialect === DIALECT) addDelta(beside, nativeChoice(fields).beside);
  return {
    text: blocks.map(textOf).join(''),
    index,
    logprobs: logprobs ? writeTextLogprobs(logprobs, 0) : null,
    finish_reason: finishWord(finish ?? 'stop', nativeFinish),
    ...beside,
  };
}

function textOf(block: Block): string {
  return block.kind === 'text' || block.kind === 'refusal' ? block.text : '';
}

function finishWord(
  reason: FinishReason,
  native: { readonly dialect: DialectId; readonly reason: string } | undefined,
): string {
  const word = writeFinish(reason, native, DIALECT);
  return word === 'tool_calls' ? 'stop' : word;
}

/** Writes a reply as chunks; they look like the whole, with a piece of the text each. */
class TextChunkWriting {
  readonly #options: EncodeOptions;
  readonly #own: JsonDraft = {};
  readonly #offsets = new Map<number, number>();
  #id = '';
  #created = 0;
  #usage: Usage | undefined;

  constructor(options: EncodeOptions) {
    this.#options = options;
  }

  write(event: ReplyEvent): readonly Buffer[] {
    switch (event.type) {
      case 'start':
        this.#id = event.id;
        this.#created = event.createdAtSeconds ?? this.#options.nowSeconds ?? 0;
        return [];
      case 'text-delta':
      case 'refusal-delta':
        return [this.#chunk(event.choice, { text: event.text })];
      case 'logprobs': {
        const offset = this.#offsets.get(event.choice) ?? 0;
        const length = event.tokens.reduce((sum, { token }) => sum + token.length, 0);
        this.#offsets.set(event.choice, offset + length);
        return [this.#chunk(event.choice, { logprobs: writeTextLogprobs(event.tokens, offset) })];
      }
      case 'finish':
        return [this.#chunk(event.choice, { finish_reason: finishWord(event.reason, event.native) })];
      case 'native':
        return this.#native(event);
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'error':
        return [sseFrame(writeError(event.error))];
      case 'end':
        return [...this.#usageChunk(), OPENAI_END_MARK];
      default:
        return [];
    }
  }

  #native({ dialect, choice, fields }: Extract<ReplyEvent, { type: 'native' }>): readonly Buffer[] {
    if (dialect !== DIALECT) return [];
    if (choice !== undefined) return [this.#chunk(choice, nativeChoice(fields).beside)];
    Object.assign(this.#own, fields);
    return [];
  }

  #usageChunk(): readonly Buffer[] {
    if (!this.#options.usage || !this.#usage) return [];
    return [sseFrame({ ...this.#head(), choices: [], usage: writeUsage(this.#usage, DIALECT) })];
  }

  #chunk(index: number, said: JsonObject): Buffer {
    const choice = { text: '', index, logprobs: null, finish_reason: null, ...said };
    return sseFrame({ ...this.#head(), choices: [choice], ...(this.#options.usage ? { usage: null } : {}) });
  }

  #head(): JsonObject {
    const { model } = this.#options;
    return { id: this.#id, object: 'text_completion', created: this.#created, model, ...this.#own };
  }
}

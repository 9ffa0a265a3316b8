import type { ReplyEvent, TokenLogprob } from '../../model/reply.ts';
import type { Answer } from '../openai-answer.ts';
import { hasFields, isObject, type JsonDraft, type JsonObject } from '../json-object.ts';
import type { AnswerReader } from '../openai-reply-reading.ts';
import { readAnnotation, writeAnnotation } from './annotations.ts';
import { contentPieces } from './content-pieces.ts';
import { ToolCallReading } from './tool-call-reading.ts';

const MESSAGE_FIELDS = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'reasoning_content',
  'reasoning',
  'annotations',
]);

/** The fields of a choice that are read here or where its end is read. */
export const CHOICE_FIELDS: ReadonlySet<string> = new Set(['index', 'delta', 'message', 'finish_reason', 'logprobs']);

/** Reads the message of one answer, whole or in deltas. https://platform.openai.com/docs/api-reference/chat-streaming */
export class MessageReading implements AnswerReader {
  readonly #whole: boolean;
  readonly #answer: Answer;
  readonly #calls: ToolCallReading;
  #saidReasoningField = false;

  constructor(answer: Answer, whole: boolean) {
    this.#whole = whole;
    this.#answer = answer;
    this.#calls = new ToolCallReading(answer);
  }

  read = (out: ReplyEvent[], choice: JsonObject, replyId: string): void => {
    const { message, delta } = choice;
    // Perplexity sends both in every chunk: `message` is all that was said so far.
    const said = this.#whole ? (message ?? delta) : (delta ?? message);
    if (isObject(said)) this.#message(out, said, replyId);
    this.#logprobs(out, choice['logprobs']);
  };

  close = (out: ReplyEvent[]): void => {
    this.#answer.close(out);
    const homeless = this.#answer.takeHomeless();
    if (homeless.length > 0) this.#say(out, { message: { annotations: homeless.map(writeAnnotation) } });
  };

  #message(out: ReplyEvent[], wire: JsonObject, replyId: string): void {
    this.#native(out, wire);
    this.#reasoning(out, wire);
    this.#content(out, wire['content']);
    const { refusal, annotations, tool_calls: calls } = wire;
    if (typeof refusal === 'string' && refusal !== '') this.#answer.say(out, 'refusal', refusal);
    if (Array.isArray(annotations)) this.#annotations(out, annotations);
    if (Array.isArray(calls)) for (const call of calls as unknown[]) this.#calls.read(out, call, replyId);
  }

  /** DeepSeek and many more say `reasoning_content`; OpenRouter, Groq, Ollama and Cerebras `reasoning`. */
  #reasoning(out: ReplyEvent[], wire: JsonObject): void {
    const content = wire['reasoning_content'];
    const plain = wire['reasoning'];
    const text = typeof content === 'string' && content !== '' ? content : plain;
    if (typeof text !== 'string' || text === '') return;
    if (!this.#saidReasoningField && text === plain && text !== content) {
      this.#say(out, { spelling: { reasoning: 'reasoning' } });
    }
    this.#saidReasoningField = true;
    this.#answer.say(out, 'reasoning', text);
  }

  #content(out: ReplyEvent[], content: unknown): void {
    if (typeof content === 'string') {
      if (content !== '') this.#answer.say(out, 'text', content);
      return;
    }
    for (const piece of contentPieces(content)) {
      if (piece.kind !== 'native') this.#answer.say(out, piece.kind, piece.text);
      else this.#answer.begin(out, { kind: 'native', dialect: 'openai-chat', value: piece.value });
    }
  }

  #annotations(out: ReplyEvent[], annotations: readonly unknown[]): void {
    const others: unknown[] = [];
    for (const annotation of annotations) {
      const citation = readAnnotation(annotation);
      if (citation) this.#answer.cite(out, citation);
      else others.push(annotation);
    }
    if (others.length > 0) this.#say(out, { message: { annotations: others } });
  }

  #logprobs(out: ReplyEvent[], wire: unknown): void {
    if (!isObject(wire)) return;
    const tokens = Array.isArray(wire['content']) ? wire['content'] : wire['refusal'];
    if (Array.isArray(tokens)) this.#answer.logprobs(out, tokens.filter(isLogprob));
    // Together's older form.
    else if (wire['tokens'] !== undefined) this.#say(out, { beside: { logprobs: wire } });
  }

  #native(out: ReplyEvent[], wire: JsonObject): void {
    const message: JsonDraft = {};
    for (const key of Object.keys(wire)) {
      const value = wire[key];
      if (MESSAGE_FIELDS.has(key) || value === null || isEmptyList(value)) continue;
      message[key] = value;
    }
    if (hasFields(message)) this.#say(out, { message });
  }

  #say(out: ReplyEvent[], fields: JsonObject): void {
    out.push({ type: 'native', dialect: 'openai-chat', choice: this.#answer.choice, fields });
  }
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isLogprob(value: unknown): value is TokenLogprob {
  return isObject(value) && typeof value['token'] === 'string' && typeof value['logprob'] === 'number';
}

import type { ReplyEvent } from '../model/reply.ts';
import type { DialectId } from '../model/request.ts';
import { Answer } from './openai-answer.ts';
import { replyError } from './openai-errors.ts';
import { readFinish } from './openai-finish.ts';
import { chunkUsage } from './openai-glance.ts';
import { hasFields, isObject, type JsonDraft, type JsonObject, unknownFields } from './json-object.ts';
import type { ReplyReader } from './openai-stream.ts';

/** `obfuscation` (OpenAI) and `p` (Mistral) are padding against eavesdroppers; they say nothing. */
const CHUNK_FIELDS = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'error', 'obfuscation', 'p']);

/** Reads what one answer says; chat and text completions differ in nothing else. */
export interface AnswerReader {
  readonly read: (out: ReplyEvent[], choice: JsonObject, replyId: string) => void;
  /** Ends what is still open in the answer. */
  readonly close: (out: ReplyEvent[]) => void;
}

interface ReadingOptions {
  readonly dialect: DialectId;
  /** One JSON body, whose answers end with it. */
  readonly whole: boolean;
  /** Fields of a choice that the reader of answers knows. */
  readonly choiceFields: ReadonlySet<string>;
  readonly readerFor: (answer: Answer) => AnswerReader;
}

interface Reading {
  readonly answer: Answer;
  readonly reader: AnswerReader;
}

/** Reads completions of everybody who speaks OpenAI, streamed or whole. */
export class ReplyReading implements ReplyReader {
  readonly #options: ReadingOptions;
  readonly #answers = new Map<number, Reading>();
  readonly #saidNative = new Map<string, unknown>();
  #id: string | undefined;
  #early: ReplyEvent[] = [];

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  read = (chunk: JsonObject): ReplyEvent[] => {
    const out: ReplyEvent[] = [];
    const choices: readonly unknown[] = Array.isArray(chunk['choices']) ? chunk['choices'] : [];
    this.#start(out, chunk, choices.length > 0);
    this.#native(this.#id === undefined ? this.#early : out, chunk);
    for (const [at, choice] of choices.entries()) if (isObject(choice)) this.#choice(out, choice, at);
    const usage = chunkUsage(chunk, this.#options.dialect);
    if (usage) out.push({ type: 'usage', usage });
    if (chunk['error']) out.push({ type: 'error', error: replyError(chunk['error']) });
    return out;
  };

  close = (): ReplyEvent[] => {
    const out: ReplyEvent[] = [];
    for (const reading of this.#answers.values()) {
      if (!reading.answer.finished && reading.answer.saidNoReason) this.#end(out, reading, '');
      else reading.reader.close(out);
    }
    return out;
  };

  isFinished = (): boolean => {
    const readings = [...this.#answers.values()];
    return readings.length > 0 && readings.every(({ answer }) => answer.finished);
  };

  /** Azure's first chunk only says what its filters found; it has no id and no model. */
  #start(out: ReplyEvent[], chunk: JsonObject, hasChoices: boolean): void {
    const { id, model, created } = chunk;
    const said = typeof id === 'string' ? id : '';
    if (this.#id !== undefined || (said === '' && !hasChoices)) return;
    this.#id = said;
    out.push({
      type: 'start',
      id: said,
      model: typeof model === 'string' ? model : '',
      ...(typeof created === 'number' ? { createdAtSeconds: Math.floor(created) } : {}),
    });
    out.push(...this.#early.splice(0));
  }

  /** Streams repeat their own fields on every chunk; only news are passed on. */
  #native(out: ReplyEvent[], chunk: JsonObject): void {
    const fields: JsonDraft = {};
    for (const key of Object.keys(chunk)) {
      const value = chunk[key];
      if (CHUNK_FIELDS.has(key) || value === null) continue;
      const mark = typeof value === 'object' ? JSON.stringify(value) : value;
      if (this.#saidNative.get(key) === mark) continue;
      this.#saidNative.set(key, mark);
      fields[key] = value;
    }
    if (hasFields(fields)) out.push({ type: 'native', dialect: this.#options.dialect, fields });
  }

  #choice(out: ReplyEvent[], wire: JsonObject, at: number): void {
    const index = typeof wire['index'] === 'number' ? wire['index'] : at;
    const reading = this.#reading(index);
    const beside = withoutNulls(unknownFields(wire, this.#options.choiceFields));
    if (hasFields(beside)) {
      out.push({ type: 'native', dialect: this.#options.dialect, choice: index, fields: { beside } });
    }
    reading.reader.read(out, wire, this.#id ?? '');
    this.#finish(out, reading, wire['finish_reason']);
  }

  #finish(out: ReplyEvent[], reading: Reading, word: unknown): void {
    const said = typeof word === 'string' ? word : '';
    reading.answer.saidNoReason = word !== null;
    if (!reading.answer.finished && (said !== '' || this.#options.whole)) this.#end(out, reading, said);
  }

  #end(out: ReplyEvent[], { answer, reader }: Reading, word: string): void {
    answer.finished = true;
    reader.close(out);
    out.push(readFinish(word, this.#options.dialect, answer.choice, answer.calledTools));
  }

  #reading(index: number): Reading {
    let reading = this.#answers.get(index);
    if (!reading) {
      const answer = new Answer(index);
      this.#answers.set(index, (reading = { answer, reader: this.#options.readerFor(answer) }));
    }
    return reading;
  }
}

function withoutNulls(fields: JsonDraft): JsonDraft {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

import type { ReplyEvent } from '../../model/reply.ts';
import type { Answer } from '../openai-answer.ts';
import type { JsonObject } from '../json-object.ts';
import type { AnswerReader } from '../openai-reply-reading.ts';
import { readTextLogprobs } from './text-logprobs.ts';

/** The fields of a choice that are read here or where its end is read. */
export const CHOICE_FIELDS: ReadonlySet<string> = new Set(['index', 'text', 'finish_reason', 'logprobs']);

/** Reads the text of one answer, whole or in pieces; both look alike. */
export class TextReading implements AnswerReader {
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  read = (out: ReplyEvent[], { text, logprobs }: JsonObject): void => {
    if (typeof text === 'string' && text !== '') this.#answer.say(out, 'text', text);
    if (logprobs === undefined || logprobs === null) return;
    const tokens = readTextLogprobs(logprobs);
    if (tokens) this.#answer.logprobs(out, tokens);
    else {
      const fields = { beside: { logprobs } };
      out.push({ type: 'native', dialect: 'openai-completions', choice: this.#answer.choice, fields });
    }
  };

  close = (out: ReplyEvent[]): void => this.#answer.close(out);
}

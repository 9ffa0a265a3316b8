import type { ReplyEvent } from '../../model/reply.ts';
import type { Answer } from '../openai-answer.ts';
import { isObject, type JsonObject, unknownFields } from '../json-object.ts';
import { ownExtra } from './extras.ts';

const CALL_FIELDS = new Set(['id', 'index', 'type', 'function', 'custom']);

interface Call {
  readonly index: number | undefined;
  readonly id: string;
  readonly block: number;
}

/**
 * Puts the fragments of one answer's tool calls together. OpenAI numbers them; others leave out the number, the id or
 * both, or send every call whole under the number 0.
 */
export class ToolCallReading {
  readonly #answer: Answer;
  readonly #calls: Call[] = [];

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  read(out: ReplyEvent[], wire: unknown, replyId: string): void {
    if (!isObject(wire)) return;
    const freeform = isFreeform(wire);
    const said = freeform ? wire['custom'] : wire['function'];
    const spoken: JsonObject = isObject(said) ? said : {};
    const call = this.#known(wire, spoken) ?? this.#begun(out, { wire, spoken, freeform, replyId });
    const json = freeform ? spoken['input'] : argumentsText(spoken['arguments']);
    if (typeof json !== 'string' || json === '') return;
    out.push({ type: 'tool-input-delta', choice: this.#answer.choice, block: call.block, json });
  }

  #known(wire: JsonObject, spoken: JsonObject): Call | undefined {
    const { index, id } = wire;
    const named = typeof spoken['name'] === 'string' && spoken['name'] !== '';
    if (typeof id === 'string' && id !== '') {
      const same = this.#calls.findLast((call) => call.id === id);
      // Another id under a known number is another call, if it says its name too.
      if (same || named) return same;
    }
    if (typeof index === 'number') {
      const same = this.#calls.findLast((call) => call.index === index);
      return same && named && id === '' ? undefined : same;
    }
    return named ? undefined : this.#calls.at(-1);
  }

  #begun(out: ReplyEvent[], { wire, spoken, freeform, replyId }: Beginning): Call {
    const { id: said, index } = wire;
    const id =
      typeof said === 'string' && said !== '' ? said : madeUpId(replyId, this.#answer.choice, this.#calls.length);
    const name = typeof spoken['name'] === 'string' ? spoken['name'] : '';
    const { block } = this.#answer.begin(out, {
      kind: 'tool-call',
      id,
      name,
      ...(freeform ? { freeform: true } : {}),
      // Gemini's signatures of thought, for one, which it wants back.
      ...ownExtra(unknownFields(wire, CALL_FIELDS), {}),
    });
    const call: Call = { index: typeof index === 'number' ? index : undefined, id, block };
    this.#calls.push(call);
    return call;
  }
}

interface Beginning {
  readonly wire: JsonObject;
  readonly spoken: JsonObject;
  readonly freeform: boolean;
  readonly replyId: string;
}

/** Whether a call's input is free text. Snowflake sends an empty `custom` beside every function. */
export function isFreeform(wire: JsonObject): boolean {
  return isObject(wire['custom']) && (wire['type'] === 'custom' || !isObject(wire['function']));
}

/** Arguments are JSON text; a few hosts send the object itself. */
function argumentsText(said: unknown): string | undefined {
  if (typeof said === 'string') return said;
  return isObject(said) ? JSON.stringify(said) : undefined;
}

/** The caller needs an id to answer to, even where the provider gave none. Some only take letters, digits and these two. */
function madeUpId(replyId: string, choice: number, at: number): string {
  return `call_${replyId.replace(/[^a-zA-Z0-9_-]/g, '').slice(-24)}_${choice}_${at}`;
}

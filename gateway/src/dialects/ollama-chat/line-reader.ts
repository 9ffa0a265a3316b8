import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent, TokenLogprob } from '../../model/reply.ts';
import { madeId } from '../made-id.ts';
import { createdAtOf, timeOut } from './created-at.ts';
import { errorOf } from './errors.ts';
import { DIALECT, extraOf, type Fields, isEmpty, isFields, numberOf, objectsOf, textOf } from './fields.ts';
import { finishOf } from './finish-reason.ts';
import { METRICS, usageOf } from './usage.ts';

type ProseKind = 'text' | 'reasoning';

const DELTAS = { text: 'text-delta', reasoning: 'reasoning-delta' } as const;

/**
 * Reads the lines of a stream; a whole reply is one line that says everything.
 * https://docs.ollama.com/api/chat
 */
export class LineReader {
  #id: string | undefined;
  #isOver = false;
  #isCalling = false;
  #next = 0;
  #open: { readonly kind: ProseKind; readonly block: number } | undefined;

  push(line: Fields, isWhole: boolean): readonly ReplyEvent[] {
    if (this.#isOver) return [];
    if (line['error'] !== undefined) {
      this.#isOver = true;
      return [{ type: 'error', error: errorOf(line) }];
    }
    const { model, created_at: createdAt, message, done, done_reason: reason, logprobs, ...more } = line;
    const isLast = done === true || isWhole;
    if (!isFields(message) && done !== true)
      throw new GatewayError('upstream.bad-response', 'The provider’s reply has no message.');
    const { metrics, rest } = parted(more);
    const tokens = tokensOf(logprobs);
    return [
      ...this.#begin(model, createdAt, message),
      ...(isEmpty(rest) ? [] : [{ type: 'native', dialect: DIALECT, fields: rest } as const]),
      ...this.#message(isFields(message) ? message : {}),
      ...(tokens.length > 0 ? [{ type: 'logprobs', choice: 0, tokens } as const] : []),
      ...(isLast ? this.#end(textOf(reason), metrics) : []),
    ];
  }

  #begin(model: unknown, createdAt: unknown, message: unknown): readonly ReplyEvent[] {
    if (this.#id !== undefined) return [];
    this.#id = madeId(JSON.stringify([createdAt, message]));
    const createdAtSeconds = createdAtOf(createdAt);
    const isExact = createdAt === undefined || timeOut(createdAtSeconds) === createdAt;
    return [
      {
        type: 'start',
        id: this.#id,
        model: textOf(model) ?? '',
        ...(createdAtSeconds === undefined ? {} : { createdAtSeconds }),
      },
      ...(isExact ? [] : [{ type: 'native', dialect: DIALECT, fields: { created_at: createdAt } } as const]),
    ];
  }

  #message({ role: _role, content, thinking, tool_calls: calls, ...rest }: Fields): readonly ReplyEvent[] {
    return [
      ...(isEmpty(rest) ? [] : [{ type: 'native', dialect: DIALECT, choice: 0, fields: rest } as const]),
      ...this.#say('reasoning', thinking),
      ...this.#say('text', content),
      ...objectsOf(calls).flatMap((call) => this.#call(call)),
    ];
  }

  #say(kind: ProseKind, said: unknown): readonly ReplyEvent[] {
    if (typeof said !== 'string' || said === '') return [];
    const begun: ReplyEvent[] = [];
    if (this.#open?.kind !== kind) {
      begun.push(...this.#close(), { type: 'block-start', choice: 0, block: this.#next, start: { kind } });
      this.#open = { kind, block: this.#next };
      this.#next += 1;
    }
    return [...begun, { type: DELTAS[kind], choice: 0, block: this.#open?.block ?? 0, text: said }];
  }

  /** Calls come whole. Servers of before 2026 gave them no ids, and other wires can’t do without. */
  #call({ id: said, function: called, ...more }: Fields): readonly ReplyEvent[] {
    const { name, arguments: input = {}, ...inside } = isFields(called) ? called : {};
    const rest = { ...more, ...(isEmpty(inside) ? {} : { function: inside }) };
    const closed = this.#close();
    const at = { choice: 0, block: this.#next } as const;
    this.#next += 1;
    this.#isCalling = true;
    const known = textOf(said) || undefined;
    const id = known ?? `call_${this.#id ?? ''}_${at.block}`;
    const spelling = known === undefined ? { id: 'none' } : {};
    const start = { kind: 'tool-call', id, name: textOf(name) ?? '', ...extraOf(rest, spelling) } as const;
    return [
      ...closed,
      { type: 'block-start', ...at, start },
      { type: 'tool-input-delta', ...at, json: textOf(input) ?? JSON.stringify(input) },
      { type: 'block-end', ...at },
    ];
  }

  #close(): readonly ReplyEvent[] {
    const open = this.#open;
    this.#open = undefined;
    return open ? [{ type: 'block-end', choice: 0, block: open.block }] : [];
  }

  #end(reason: string | undefined, metrics: Fields): readonly ReplyEvent[] {
    this.#isOver = true;
    const usage = usageOf(metrics);
    return [
      ...this.#close(),
      ...(usage || isEmpty(metrics) ? [] : [{ type: 'native', dialect: DIALECT, fields: metrics } as const]),
      finishOf(reason, this.#isCalling),
      ...(usage ? [{ type: 'usage', usage } as const] : []),
      { type: 'end' },
    ];
  }
}

const COUNTED: ReadonlySet<string> = new Set(METRICS);

/** The metrics of a line, and all else. */
function parted(fields: Fields): { readonly metrics: Fields; readonly rest: Fields } {
  const isMetric = ([key]: [string, unknown]): boolean => COUNTED.has(key);
  const all = Object.entries(fields);
  return {
    metrics: Object.fromEntries(all.filter(isMetric)),
    rest: Object.fromEntries(all.filter((one) => !isMetric(one))),
  };
}

/** The wire says them as OpenAI does. */
function tokensOf(logprobs: unknown): readonly TokenLogprob[] {
  return objectsOf(logprobs).flatMap((item) => {
    const [token, logprob] = [textOf(item['token']), numberOf(item['logprob'])];
    return token === undefined || logprob === undefined ? [] : [{ ...item, token, logprob }];
  });
}

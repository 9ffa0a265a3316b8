import type { BlockStart, ReplyEvent } from '../../model/reply.ts';
import { callStart, contentStart, planStart } from './block-in.ts';
import { citationOf, isOfText } from './citations.ts';
import { errorOf } from './errors.ts';
import { DIALECT, type Fields, isEmpty, isFields, numberOf, textOf } from './fields.ts';
import { endingOf } from './finish-reason.ts';
import { frameJson, parsedObject, STREAM_EVENT } from './frame-json.ts';
import { logprobsOf } from './logprobs.ts';

type Kind = 'text' | 'reasoning' | 'tool-call' | 'native';

interface OpenBlock {
  readonly block: number;
  readonly kind: Kind;
  /** Gathers a part of a kind that the vocabulary lacks. */
  value: Fields;
}

/**
 * Reads a stream. Parts of the content and tool calls are counted apart, each from 0.
 * https://docs.cohere.com/docs/streaming
 */
export class StreamReader {
  #next = 0;
  #isOver = false;
  readonly #open = new Map<string, OpenBlock>();
  /** The text that was said last. Citations of it may still come when it is over, so its end waits for what is next. */
  #text: OpenBlock | undefined;
  #isTextOver = false;

  push(frame: Buffer): readonly ReplyEvent[] {
    const json = this.#isOver ? undefined : frameJson(frame);
    if (json === undefined) return [];
    const event = parsedObject(json);
    if (event['type'] === undefined && (event['message'] ?? event['error']) !== undefined) {
      this.#isOver = true;
      return [{ type: 'error', error: errorOf(event) }];
    }
    return this.#event(event);
  }

  #event(event: Fields): readonly ReplyEvent[] {
    const delta = isFields(event['delta']) ? event['delta'] : {};
    const message = isFields(delta['message']) ? delta['message'] : {};
    const index = numberOf(event['index']) ?? 0;
    switch (event['type']) {
      case 'content-delta':
        return this.#contentDelta(index, objectIn(message, 'content'), event['logprobs']);
      case 'tool-call-delta':
        return this.#callDelta(index, objectIn(message, 'tool_calls'));
      case 'tool-plan-delta':
        return this.#planDelta(textOf(message['tool_plan']) ?? '');
      case 'content-start':
        return this.#contentStart(index, objectIn(message, 'content'));
      case 'content-end':
        return this.#contentEnd(index);
      case 'tool-call-start':
        return this.#callStart(index, objectIn(message, 'tool_calls'));
      case 'tool-call-end':
        return this.#close(callKey(index));
      case 'citation-start':
        return this.#citation(objectIn(message, 'citations'), event);
      case 'citation-end':
        return [];
      case 'message-start':
        return [{ type: 'start', id: textOf(event['id']) ?? '', model: '' }];
      case 'message-end':
        return this.#end(delta);
      default:
        return unknownEvent(event);
    }
  }

  #begin(key: string, start: BlockStart, value: Fields = {}): readonly ReplyEvent[] {
    const before = key === PLAN_KEY ? this.#endText() : [...this.#endText(), ...this.#close(PLAN_KEY)];
    const opened = { block: this.#next, kind: kindOf(start), value };
    this.#next += 1;
    this.#open.set(key, opened);
    if (start.kind === 'text') this.#text = opened;
    if (start.kind === 'native') return before;
    return [...before, { type: 'block-start', choice: 0, block: opened.block, start }];
  }

  #contentStart(index: number, content: Fields): readonly ReplyEvent[] {
    const native: BlockStart = { kind: 'native', dialect: DIALECT, value: content };
    const begun = this.#begin(contentKey(index), contentStart(content) ?? native, content);
    return [...begun, ...this.#say(this.#open.get(contentKey(index)), content)];
  }

  #contentDelta(index: number, content: Fields, logprobs: unknown): readonly ReplyEvent[] {
    const open = this.#open.get(contentKey(index));
    const tokens = logprobsOf(logprobs);
    if (open?.kind === 'native') open.value = joined(open.value, content);
    return [
      ...this.#say(open, content),
      ...(tokens.length > 0 ? [{ type: 'logprobs', choice: 0, tokens } as const] : []),
    ];
  }

  #say(open: OpenBlock | undefined, { text, thinking }: Fields): readonly ReplyEvent[] {
    const said = textOf(text) ?? textOf(thinking) ?? '';
    if (!open || said === '') return [];
    const at = { choice: 0, block: open.block } as const;
    if (open.kind === 'text') return [{ type: 'text-delta', ...at, text: said }];
    return open.kind === 'reasoning' ? [{ type: 'reasoning-delta', ...at, text: said }] : [];
  }

  #contentEnd(index: number): readonly ReplyEvent[] {
    const open = this.#open.get(contentKey(index));
    if (!open || open !== this.#text) return this.#close(contentKey(index));
    this.#isTextOver = true;
    this.#open.delete(contentKey(index));
    return [];
  }

  /** The end of a text that is over. */
  #endText(): readonly ReplyEvent[] {
    if (!this.#text || !this.#isTextOver) return [];
    const { block } = this.#text;
    this.#text = undefined;
    this.#isTextOver = false;
    return [{ type: 'block-end', choice: 0, block }];
  }

  #planDelta(said: string): readonly ReplyEvent[] {
    const begun = this.#open.has(PLAN_KEY) ? [] : this.#begin(PLAN_KEY, planStart());
    return [...begun, ...this.#say(this.#open.get(PLAN_KEY), { thinking: said })];
  }

  #callStart(index: number, call: Fields): readonly ReplyEvent[] {
    return [...this.#begin(callKey(index), callStart(call)), ...this.#callDelta(index, call)];
  }

  #callDelta(index: number, call: Fields): readonly ReplyEvent[] {
    const open = this.#open.get(callKey(index));
    const json = textOf(objectIn(call, 'function')['arguments']) ?? '';
    return open && json !== '' ? [{ type: 'tool-input-delta', choice: 0, block: open.block, json }] : [];
  }

  #close(key: string): readonly ReplyEvent[] {
    const open = this.#open.get(key);
    if (!open) return [];
    this.#open.delete(key);
    if (open === this.#text) this.#text = undefined;
    const at = { choice: 0, block: open.block } as const;
    const end = { type: 'block-end', ...at } as const;
    if (open.kind !== 'native') return [end];
    return [{ type: 'block-start', ...at, start: { kind: 'native', dialect: DIALECT, value: open.value } }, end];
  }

  #citation(citation: Fields, event: Fields): readonly ReplyEvent[] {
    const at = numberOf(citation['content_index']);
    const meant = at === undefined ? undefined : this.#open.get(contentKey(at));
    const text = meant?.kind === 'text' ? meant : this.#text;
    if (!text || !isOfText(citation)) return unknownEvent(event);
    return [{ type: 'citation', choice: 0, block: text.block, citation: citationOf(citation) }];
  }

  #end({ finish_reason: reason, usage, error, ...rest }: Fields): readonly ReplyEvent[] {
    this.#isOver = true;
    return [
      ...this.#endText(),
      ...[...this.#open.keys()].flatMap((key) => this.#close(key)),
      ...(isEmpty(rest) ? [] : [{ type: 'native', dialect: DIALECT, fields: rest } as const]),
      ...endingOf({ finish_reason: reason, usage, error }),
    ];
  }
}

const PLAN_KEY = 'plan';
const contentKey = (index: number): string => `content ${index}`;
const callKey = (index: number): string => `call ${index}`;

function kindOf({ kind }: BlockStart): Kind {
  return kind === 'text' || kind === 'reasoning' || kind === 'tool-call' ? kind : 'native';
}

/** As the part would stand in a whole reply: texts grow, all else is replaced. */
function joined(before: Fields, more: Fields): Fields {
  const grown = Object.entries(more).map(([key, value]) => {
    const said = before[key];
    return [key, typeof said === 'string' && typeof value === 'string' && key !== 'type' ? said + value : value];
  });
  return { ...before, ...(Object.fromEntries(grown) as Fields) };
}

function objectIn(fields: Fields, key: string): Fields {
  const value = fields[key];
  return isFields(value) ? value : {};
}

function unknownEvent(event: Fields): readonly ReplyEvent[] {
  return [{ type: 'native', dialect: DIALECT, fields: { [STREAM_EVENT]: event } }];
}

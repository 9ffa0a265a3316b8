import type { BlockStart, ReplyEvent } from '../../model/reply.ts';
import { citationsOf } from './grounding.ts';
import { camelCased, DIALECT, extraOf, type Fields, isFields, objectsOf, textOf } from './fields.ts';
import { finishOf } from './finish-reason.ts';
import { logprobsOf } from './logprobs.ts';

/** One answer being read, whole or in pieces: neighbouring texts are one block, everything else is a block of its own. */
export class CandidateReader {
  readonly #choice: number;
  /** Makes ids of calls that have none. */
  readonly #replyId: string;
  #open: { readonly block: number; readonly kind: 'text' | 'reasoning' } | undefined;
  #next = 0;
  #asksForTools = false;
  #text = '';
  #lastText: number | undefined;
  #isFinished = false;

  constructor(choice: number, replyId: string) {
    this.#choice = choice;
    this.#replyId = replyId;
  }

  /** https://ai.google.dev/api/generate-content#candidate */
  read(candidate: Fields): ReplyEvent[] {
    const { content, finishReason, index: _index, ...fields } = candidate;
    const parts = isFields(content) ? objectsOf(content['parts']) : [];
    const { logprobsResult, groundingMetadata } = fields;
    const last = parts.findLast(({ text, thought }) => typeof text === 'string' && text !== '' && thought !== true);
    // Sources are said with the last text; where none comes with them, they belong to the one before.
    const events = last ? [] : this.#cited(groundingMetadata);
    for (const part of parts)
      events.push(...this.#part(camelCased(part), part === last ? groundingMetadata : undefined));
    const reason = textOf(finishReason);
    const isOver = reason !== undefined && reason !== '' && reason !== 'FINISH_REASON_UNSPECIFIED';
    if (isOver) events.push(...this.#close());
    if (Object.keys(fields).length > 0) events.push({ type: 'native', dialect: DIALECT, choice: this.#choice, fields });
    if (isFields(logprobsResult)) {
      events.push({ type: 'logprobs', choice: this.#choice, tokens: logprobsOf(logprobsResult) });
    }
    if (isOver && !this.#isFinished) {
      this.#isFinished = true;
      events.push(finishOf(this.#choice, reason, this.#asksForTools));
    }
    return events;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Ends the block that is open. */
  end(): ReplyEvent[] {
    return this.#close();
  }

  #part(part: Fields, sources: unknown): ReplyEvent[] {
    const { text, thought, thoughtSignature, functionCall, ...rest } = part;
    if (isFields(functionCall)) return this.#call(part);
    if (thought === true && isThought(text, thoughtSignature, rest)) {
      return this.#thought(text ?? '', textOf(thoughtSignature));
    }
    const isText = typeof text === 'string' && thought !== true;
    if (!isText) return this.#whole({ kind: 'native', dialect: DIALECT, value: part });
    const { text: _text, ...beside } = part;
    if (Object.keys(beside).length === 0) return [...this.#said(text), ...this.#cited(sources)];
    // An empty text is there for its proof alone, which means nothing elsewhere.
    if (text === '') return this.#whole({ kind: 'native', dialect: DIALECT, value: part });
    this.#text += text;
    this.#lastText = this.#next;
    return this.#whole({ kind: 'text', ...extraOf(beside) }, (at) => [
      { type: 'text-delta', ...at, text },
      ...this.#citations(sources, at),
    ]);
  }

  #said(text: string): ReplyEvent[] {
    if (text === '') return [];
    const { events, at } = this.#opened('text');
    this.#text += text;
    this.#lastText = at.block;
    return [...events, { type: 'text-delta', ...at, text }];
  }

  #thought(text: string, signature: string | undefined): ReplyEvent[] {
    const { events, at } = this.#opened('reasoning');
    if (text !== '') events.push({ type: 'reasoning-delta', ...at, text });
    if (signature === undefined) return events;
    return [...events, { type: 'signature-delta', ...at, signature }, ...this.#close()];
  }

  #call(part: Fields): ReplyEvent[] {
    const { functionCall, ...rest } = part;
    const { id, name, args, ...more } = camelCased(functionCall as Fields);
    this.#asksForTools = true;
    if (typeof name !== 'string' || Object.keys(more).length > 0) {
      return this.#whole({ kind: 'native', dialect: DIALECT, value: part });
    }
    const said = textOf(id);
    const start: BlockStart = {
      kind: 'tool-call',
      id: said ?? `call_${this.#replyId}_${this.#choice}_${this.#next}`,
      name,
      ...extraOf(rest, said === undefined ? { id: 'none' } : {}),
    };
    const json = JSON.stringify(args ?? {});
    return this.#whole(start, (at) => [{ type: 'tool-input-delta', ...at, json }]);
  }

  #cited(metadata: unknown): ReplyEvent[] {
    const block = this.#lastText;
    // Citations belong to a block that is still open.
    if (block === undefined || this.#open?.block !== block) return [];
    return this.#citations(metadata, { choice: this.#choice, block });
  }

  #citations(metadata: unknown, at: At): ReplyEvent[] {
    return citationsOf(metadata, this.#text).map((citation) => ({ type: 'citation', ...at, citation }));
  }

  #opened(kind: 'text' | 'reasoning'): { readonly events: ReplyEvent[]; readonly at: At } {
    if (this.#open?.kind === kind) return { events: [], at: { choice: this.#choice, block: this.#open.block } };
    const events = this.#close();
    this.#open = { block: this.#next, kind };
    this.#next += 1;
    const at = { choice: this.#choice, block: this.#open.block };
    return { events: [...events, { type: 'block-start', ...at, start: { kind } }], at };
  }

  #whole(start: BlockStart, inside: (at: At) => readonly ReplyEvent[] = () => []): ReplyEvent[] {
    const closed = this.#close();
    const at = { choice: this.#choice, block: this.#next };
    this.#next += 1;
    return [...closed, { type: 'block-start', ...at, start }, ...inside(at), { type: 'block-end', ...at }];
  }

  #close(): ReplyEvent[] {
    const open = this.#open;
    this.#open = undefined;
    return open ? [{ type: 'block-end', choice: this.#choice, block: open.block }] : [];
  }
}

interface At {
  readonly choice: number;
  readonly block: number;
}

function isThought(text: unknown, signature: unknown, rest: Fields): text is string | undefined {
  const isSaid = text === undefined || typeof text === 'string';
  return isSaid && Object.keys(rest).length === 0 && (text !== undefined || typeof signature === 'string');
}

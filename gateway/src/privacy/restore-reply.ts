import type { BlockStart, ReplyEvent, ReplyTransform } from '../model/reply.ts';
import { type Forms, jsonForms, restoredText, Restoring, textForms } from './restoring.ts';

type DeltaEvent = Extract<
  ReplyEvent,
  { type: 'text-delta' | 'reasoning-delta' | 'refusal-delta' | 'tool-input-delta' }
>;

interface OpenBlock {
  readonly restoring: Restoring;
  /** The last delta, whose kind is the kind of what may be held back. */
  last: DeltaEvent | undefined;
}

/** Puts values back into a reply. `isJson` says that the answer's text is a JSON document. */
export function restoreReply(values: ReadonlyMap<string, string>, isJson: boolean): ReplyTransform {
  const plain = textForms(values);
  const json = jsonForms(values);
  return (events) => restored(events, new ReplyRestoring(plain, json, isJson));
}

async function* restored(events: AsyncIterable<ReplyEvent>, reply: ReplyRestoring): AsyncGenerator<ReplyEvent> {
  try {
    for await (const event of events) yield* reply.push(event);
  } catch (thrown) {
    yield* reply.flush(() => true);
    throw thrown;
  }
  yield* reply.flush(() => true);
}

class ReplyRestoring {
  readonly #plain: Forms;
  readonly #json: Forms;
  readonly #isJson: boolean;
  readonly #blocks = new Map<string, OpenBlock>();

  constructor(plain: Forms, json: Forms, isJson: boolean) {
    this.#plain = plain;
    this.#json = json;
    this.#isJson = isJson;
  }

  push(event: ReplyEvent): readonly ReplyEvent[] {
    switch (event.type) {
      case 'block-start':
        this.#open(event.choice, event.block, event.start);
        return [{ ...event, start: this.#value(event.start) }];
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'tool-input-delta':
        return this.#delta(event);
      case 'block-end':
        return [...this.flush((key) => key === keyOf(event.choice, event.block)), event];
      case 'finish':
        return [...this.flush((key) => key.startsWith(`${event.choice}:`)), this.#value(event)];
      case 'citation':
        return [{ ...event, citation: this.#value(event.citation) }];
      case 'native':
        return [{ ...event, fields: this.#value(event.fields) }];
      case 'end':
      case 'error':
        return [...this.flush(() => true), event];
      default:
        return [event];
    }
  }

  /** Says what was held back in these blocks. */
  flush(isMeant: (key: string) => boolean): readonly ReplyEvent[] {
    const events: ReplyEvent[] = [];
    for (const [key, { restoring, last }] of this.#blocks) {
      if (!isMeant(key)) continue;
      this.#blocks.delete(key);
      const held = restoring.end();
      if (held !== '' && last) events.push(withText(last, held));
    }
    return events;
  }

  #delta(event: DeltaEvent): readonly ReplyEvent[] {
    const block = this.#blocks.get(keyOf(event.choice, event.block)) ?? this.#open(event.choice, event.block);
    block.last = event;
    const piece = event.type === 'tool-input-delta' ? event.json : event.text;
    const said = block.restoring.push(piece);
    if (said === piece) return [event];
    return said === '' ? [] : [withText(event, said)];
  }

  #open(choice: number, block: number, start: BlockStart = { kind: 'text' }): OpenBlock {
    const isJson = start.kind === 'tool-call' ? !start.freeform : start.kind === 'text' && this.#isJson;
    const restoring = isJson ? new Restoring(this.#json, 'json') : new Restoring(this.#plain, 'text');
    const open: OpenBlock = { restoring, last: undefined };
    this.#blocks.set(keyOf(choice, block), open);
    return open;
  }

  /** Anything that JSON can say; the very value when nothing is in it. */
  #value<T>(value: T): T {
    const text = JSON.stringify(value);
    const said = restoredText(text, this.#json, 'json');
    return said === text ? value : (JSON.parse(said) as T);
  }
}

function withText(event: DeltaEvent, text: string): ReplyEvent {
  return event.type === 'tool-input-delta' ? { ...event, json: text } : { ...event, text };
}

function keyOf(choice: number, block: number): string {
  return `${choice}:${block}`;
}

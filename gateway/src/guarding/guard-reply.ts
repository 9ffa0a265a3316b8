import { GatewayError } from '../model/error.ts';
import type { ReplyEvent, ReplyTransform } from '../model/reply.ts';
import type { Judging } from './judging.ts';
import { Window } from './window.ts';

type DeltaEvent = Extract<
  ReplyEvent,
  { type: 'text-delta' | 'reasoning-delta' | 'refusal-delta' | 'tool-input-delta' }
>;

interface OpenBlock {
  readonly window: Window;
  readonly last: DeltaEvent;
}

/** Lets nothing of a reply through that hasn’t been judged with what follows it. */
export function guardReply(judging: Judging, characters: number): ReplyTransform {
  return async function* guarded(events) {
    const blocks = new Map<string, OpenBlock>();
    const flush = function* (isMeant: (key: string) => boolean): Generator<ReplyEvent> {
      for (const [key, { window, last }] of blocks) {
        if (!isMeant(key)) continue;
        blocks.delete(key);
        const said = window.end();
        if (said !== '') yield withText(last, said);
      }
    };
    for await (const event of events) {
      if (isDelta(event)) {
        const key = `${event.choice}:${event.block}`;
        const window = blocks.get(key)?.window ?? new Window(judging, characters, formOf(event));
        blocks.set(key, { window, last: event });
        const said = window.push(textOf(event));
        if (said !== '') yield withText(event, said);
        continue;
      }
      if (event.type === 'block-end') yield* flush((key) => key === `${event.choice}:${event.block}`);
      else if (event.type === 'finish') yield* flush((key) => key.startsWith(`${event.choice}:`));
      else if (event.type === 'end') yield* flush(() => true);
      yield withoutObjections(event, judging);
    }
  };
}

/** What isn’t said piece by piece is judged as it comes. */
function withoutObjections(event: ReplyEvent, judging: Judging): ReplyEvent {
  if (event.type === 'native') return { ...event, fields: judgedValue(event.fields, judging) };
  if (event.type === 'citation') return { ...event, citation: judgedValue(event.citation, judging) };
  if (event.type === 'block-start' && event.start.kind === 'native')
    return { ...event, start: { ...event.start, value: judgedValue(event.start.value, judging) } };
  return event;
}

function judgedValue<T>(value: T, judging: Judging): T {
  const text = JSON.stringify(value) ?? '';
  const judged = judging.judged(text, 'output', 'json');
  return judged === text ? value : (JSON.parse(judged) as T);
}

/** Sees a reply go by for guards that only flag; the bytes pass as they are. */
export function watchReply(judging: Judging, characters: number): (event: ReplyEvent) => GatewayError | undefined {
  const windows = new Map<string, Window>();
  const see = (event: ReplyEvent): void => {
    if (isDelta(event)) {
      const key = `${event.choice}:${event.block}`;
      const window = windows.get(key) ?? new Window(judging, characters, formOf(event));
      windows.set(key, window);
      window.push(textOf(event));
    } else if (event.type === 'end') for (const window of windows.values()) window.end();
    else withoutObjections(event, judging);
  };
  return (event) => {
    try {
      see(event);
      return undefined;
    } catch (thrown) {
      return GatewayError.from(thrown); // a watcher that throws would only be left out
    }
  };
}

function formOf({ type }: DeltaEvent): 'text' | 'json' {
  return type === 'tool-input-delta' ? 'json' : 'text';
}

function isDelta(event: ReplyEvent): event is DeltaEvent {
  return (
    event.type === 'text-delta' ||
    event.type === 'reasoning-delta' ||
    event.type === 'refusal-delta' ||
    event.type === 'tool-input-delta'
  );
}

function textOf(event: DeltaEvent): string {
  return event.type === 'tool-input-delta' ? event.json : event.text;
}

function withText(event: DeltaEvent, text: string): ReplyEvent {
  return event.type === 'tool-input-delta' ? { ...event, json: text } : { ...event, text };
}

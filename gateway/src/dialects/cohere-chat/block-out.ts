import type { BlockStart } from '../../model/reply.ts';
import { PLAN } from './block-in.ts';
import { type Fields, isFields, ownFields, spellingOf } from './fields.ts';

type CallStart = Extract<BlockStart, { kind: 'tool-call' }>;

/** Whether reasoning is the plan for tools that this wire says in a field of its own. */
export function isPlan(start: BlockStart): boolean {
  return start.kind === 'reasoning' && spellingOf(start.extra)['place'] === PLAN.place;
}

/** A tool call; free text becomes an object, since the wire knows nothing else. */
export function callOut({ id, name, freeform, extra }: CallStart, input: string): Fields {
  const own = ownFields(extra) ?? {};
  const inside = isFields(own['function']) ? own['function'] : {};
  const said = freeform ? freeformInput(input) : input;
  return { ...own, id, type: 'function', function: { ...inside, name, arguments: said } };
}

/** Free text as the JSON of an object. */
export function freeformInput(input: string): string {
  return JSON.stringify({ input });
}

import type { BlockStart, ReplyEvent } from '../../model/reply.ts';
import { citationOf } from './citations.ts';
import { DIALECT, type Fields, isFields, present, Reading } from './fields.ts';

/** How a block of the wire begins in neutral words; `undefined` for kinds that they lack. */
export function blockStartOf(block: Fields): BlockStart | undefined {
  const reading = new Reading(block, ['type', 'input']);
  switch (block['type']) {
    case 'text':
      return { kind: 'text' };
    case 'thinking':
      return { kind: 'reasoning' };
    case 'redacted_thinking':
      return { kind: 'redacted-reasoning', data: reading.text('data') ?? '' };
    case 'tool_use': {
      const id = reading.text('id') ?? '';
      const name = reading.text('name') ?? '';
      return { kind: 'tool-call', id, name, ...present({ extra: reading.extra() }) };
    }
    default:
      return undefined;
  }
}

/** What a block already holds where it begins: all of it in a whole reply, mostly nothing in a stream. */
export function heldBy(block: Fields, at: { readonly choice: number; readonly block: number }): ReplyEvent[] {
  const held: ReplyEvent[] = [];
  const { text, thinking, signature, citations } = block;
  if (block['type'] === 'text') {
    if (isSaid(text)) held.push({ type: 'text-delta', ...at, text });
    for (const citation of Array.isArray(citations) ? citations.filter(isFields) : []) {
      held.push({ type: 'citation', ...at, citation: citationOf(citation) });
    }
  } else if (block['type'] === 'thinking') {
    if (isSaid(thinking)) held.push({ type: 'reasoning-delta', ...at, text: thinking });
    if (isSaid(signature)) held.push({ type: 'signature-delta', ...at, signature });
  }
  return held;
}

function isSaid(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The start of a block that stays as it is on the wire. */
export function nativeStart(value: Fields): BlockStart {
  return { kind: 'native', dialect: DIALECT, value };
}

import type { EventReply, ReplyEvent } from './reply.ts';

/** Who a reply says it is from. */
export interface ReplyNames {
  readonly id: string;
  readonly model: string;
}

/** A reply that the gateway itself gives: a text, said word by word, for which no model was asked. */
export function plainReply(text: string, names: ReplyNames): EventReply {
  return { kind: 'events', events: said(text, names) };
}

async function* said(text: string, { id, model }: ReplyNames): AsyncGenerator<ReplyEvent> {
  yield { type: 'start', id, model };
  yield { type: 'block-start', choice: 0, block: 0, start: { kind: 'text' } };
  for (const piece of text.match(/\S+\s*|\s+/g) ?? []) yield { type: 'text-delta', choice: 0, block: 0, text: piece };
  yield { type: 'block-end', choice: 0, block: 0 };
  yield { type: 'finish', choice: 0, reason: 'stop' };
  yield { type: 'usage', usage: { inputTokens: 0, outputTokens: 0 } };
  yield { type: 'end' };
}

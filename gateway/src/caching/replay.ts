import { unfold } from '../model/fold.ts';
import type { KeptReply } from '../model/kept-reply.ts';
import type { EventReply, ReplyEvent } from '../model/reply.ts';

/**
 * A kept answer as a reply, streamed or not as the caller wants it. It has an id of its own, since programs tell answers
 * apart by it, in the form the provider gives them; and it was made now.
 */
export function replay({ reply }: KeptReply, turnId: string): EventReply {
  const events = unfold({ ...reply, createdAtSeconds: undefined, id: freshId(reply.id, turnId) });
  return { kind: 'events', events: given(events) };
}

function freshId(id: string, turnId: string): string {
  const form = /^[a-z]{1,16}[-_]/.exec(id)?.[0] ?? 'kept-';
  return form + turnId.replaceAll('-', '');
}

async function* given(events: readonly ReplyEvent[]): AsyncGenerator<ReplyEvent> {
  yield* events;
}

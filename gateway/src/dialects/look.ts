import type { Reply, ReplyEvent } from '../model/reply.ts';
import { dialects } from './index.ts';

/** Looks inside a reply. From here on it is events. */
export async function* look(reply: Reply): AsyncGenerator<ReplyEvent> {
  if (reply.kind === 'events') return yield* reply.events;
  const decoder = dialects[reply.wire.dialect].decodeReply(reply.wire.form);
  for await (const batch of reply.frames) for (const frame of batch) yield* decoder.push(frame);
  yield* decoder.end();
}

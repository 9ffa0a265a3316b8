import { type ChatReply, Folding } from '../model/fold.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { Transducer } from './contract.ts';

/** Writes a reply as the one JSON body that `write` makes of its sum. */
export function foldedBody(write: (reply: ChatReply) => unknown): Transducer<ReplyEvent, Buffer> {
  const folding = new Folding();
  return {
    push(event) {
      folding.add(event);
      return [];
    },
    end: () => [Buffer.from(JSON.stringify(write(folding.reply())))],
  };
}

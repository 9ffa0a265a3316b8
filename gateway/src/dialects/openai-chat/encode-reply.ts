import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { foldedBody } from '../folded-body.ts';
import { writeChatBody } from './body-writing.ts';
import { ChunkWriting } from './chunk-writing.ts';

/** Writes a reply as chat completion chunks, or as one chat completion. */
export function encodeChatReply(form: Wire['form'], options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  if (form === 'sse') {
    const writing = new ChunkWriting(options);
    return { push: (event) => writing.write(event), end: () => [] };
  }
  return foldedBody((reply) => writeChatBody(reply, options));
}

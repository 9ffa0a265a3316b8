import type { Wire } from '../model/reply.ts';
import type { Transducer } from './contract.ts';
import { amazonMessages } from './frames-amazon.ts';
import { jsonLines } from './frames-lines.ts';
import { serverSentEvents } from './frames-sse.ts';
import { tooLarge } from './frame-rest.ts';

const EMPTY = Buffer.alloc(0);

/** Most bytes that one frame may have, by form. */
export interface FrameLimits {
  readonly jsonBytesMax: number;
  /** Of one event of a stream. */
  readonly eventBytesMax: number;
}

const STREAMS = { sse: serverSentEvents, 'json-lines': jsonLines, 'aws-event-stream': amazonMessages } as const;

/**
 * Cuts bytes into frames, wherever the network happened to cut them: whole events of a stream (a server-sent event with
 * its blank line, a line of JSON with its line end, one of Amazon's messages), or the one JSON body. Joined again, the
 * frames are the bytes. Throws `upstream.bad-response` over the limit.
 */
export function frames(form: Wire['form'], { jsonBytesMax, eventBytesMax }: FrameLimits): Transducer<Buffer, Buffer> {
  return form === 'json' ? wholeBody(jsonBytesMax) : STREAMS[form](eventBytesMax);
}

function wholeBody(bytesMax: number): Transducer<Buffer, Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  return {
    push(bytes) {
      size += bytes.length;
      if (size > bytesMax) throw tooLarge(bytesMax);
      parts.push(bytes);
      return [];
    },
    end: () => (parts.length === 0 ? [] : [parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts)]),
  };
}

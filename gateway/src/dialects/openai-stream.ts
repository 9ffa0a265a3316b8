import type { ReplyEvent } from '../model/reply.ts';
import type { Transducer } from './contract.ts';
import type { JsonObject } from './json-object.ts';
import { readBody, readChunk } from './openai-glance.ts';
import { readFrame, sseFrame } from './sse.ts';

/** What closes a stream; Perplexity, for one, leaves it out. */
export const OPENAI_END_MARK = sseFrame('[DONE]');

/** What differs between chat and text completions when their replies are read. */
export interface ReplyReader {
  /** The events of one chunk, or of the whole body. */
  readonly read: (chunk: JsonObject) => ReplyEvent[];
  /** Ends what is still open, where the reply says that it is over. */
  readonly close: () => ReplyEvent[];
  /** Whether every answer seen so far has said how it ended. */
  readonly isFinished: () => boolean;
}

/** Reads a stream of chunks. What comes after an error or after `[DONE]` is not part of the reply. */
export function readingStream(reader: ReplyReader): Transducer<Buffer, ReplyEvent> {
  let over = false;
  const ending = (): ReplyEvent[] => {
    over = true;
    return [...reader.close(), { type: 'end' }];
  };
  return {
    push(frame) {
      const said = over ? undefined : readFrame(frame);
      const data = said?.data.trim() ?? '';
      if (data === '') return [];
      if (data === '[DONE]') return ending();
      const events = reader.read(readChunk(data, said?.event));
      over = events.at(-1)?.type === 'error';
      return events;
    },
    // Not everybody says [DONE]; an answer that said how it ended is whole without it.
    end: () => (!over && reader.isFinished() ? ending() : []),
  };
}

/** Reads one whole body. */
export function readingBody(reader: ReplyReader): Transducer<Buffer, ReplyEvent> {
  return {
    push(frame) {
      const body = readBody(frame);
      const events = reader.read(body);
      return events.at(-1)?.type === 'error' ? events : [...events, ...reader.close(), { type: 'end' }];
    },
    end: () => [],
  };
}

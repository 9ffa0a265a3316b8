import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { LineReader } from './line-reader.ts';
import { parsedObject } from './reply-json.ts';

/** Frames to events. A stream ends with the line that says it is done, and with nothing else. */
export function decodeReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const reader = new LineReader();
  return { push: (frame) => reader.push(parsedObject(frame), form === 'json'), end: () => [] };
}

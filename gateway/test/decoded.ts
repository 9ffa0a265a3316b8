import type { Dialect } from '../src/dialects/contract.ts';
import { frames } from '../src/dialects/frames.ts';
import type { ReplyEvent, StreamForm, Wire } from '../src/model/reply.ts';
import { amazonMessage } from './amazon-messages.ts';

const LIMITS = { jsonBytesMax: 64_000_000, eventBytesMax: 16_000_000 };

/** A frame of a stream that says a text in place of what it should. */
export function frameOf(form: StreamForm, text: string): Buffer {
  if (form === 'sse') return Buffer.from(`data: ${text}\n\n`);
  if (form === 'json-lines') return Buffer.from(`${text}\n`);
  return amazonMessage({ ':message-type': 'event', ':event-type': 'contentBlockDelta' }, Buffer.from(text));
}

/** The whole frames in bytes that came in pieces. */
export function framesOf(form: Wire['form'], parts: readonly Buffer[]): Buffer[] {
  const cut = frames(form, LIMITS);
  return [...parts.flatMap((part) => cut.push(part)), ...cut.end()];
}

/** The events in bytes that came in pieces. */
export function decoded(dialect: Dialect, form: Wire['form'], parts: readonly Buffer[]): ReplyEvent[] {
  const decoder = dialect.decodeReply(form);
  return [...framesOf(form, parts).flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** What the meter sees in a reply. */
export function glanced(dialect: Dialect, form: Wire['form'], parts: readonly Buffer[]): ReplyEvent[] {
  const decoder = dialect.glanceReply(form);
  return [...framesOf(form, parts).flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** Events said in a dialect. */
export function encoded(dialect: Dialect, form: Wire['form'], events: readonly ReplyEvent[], usage = true): Buffer {
  const encoder = dialect.encodeReply(form, { model: 'the-model', usage });
  return Buffer.concat([...events.flatMap((event) => encoder.push(event)), ...encoder.end()]);
}

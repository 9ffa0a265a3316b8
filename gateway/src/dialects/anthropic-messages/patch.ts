import type { Wire } from '../../model/reply.ts';
import type { ReplyPatch } from '../contract.ts';
import { type FieldSpan, fieldSpans, spliced } from '../json-spans.ts';
import { dataSpan } from '../sse.ts';

export { patchModel as patchRequest } from '../model-patch.ts';

/** The one field of this name; `undefined` when it is absent or there are two. */
function only(fields: readonly FieldSpan[], key: string): FieldSpan | undefined {
  const found = fields.filter((field) => field.key === key);
  return found.length === 1 ? found[0] : undefined;
}

/** Sets the model of the reply. Usage stands inside events that every client of this wire needs, so it is never withheld. */
export function patchReply(form: Wire['form'], { model }: ReplyPatch): (frame: Buffer) => Buffer | undefined {
  const name = JSON.stringify(model);
  if (form === 'json') return (body) => withModel(body, fieldSpans(body), name);
  return (frame) => (mayStartMessage(frame) ? startPatched(frame, name) : frame);
}

function withModel(bytes: Buffer, fields: readonly FieldSpan[] | undefined, name: string): Buffer {
  const span = fields && only(fields, 'model');
  return span ? spliced(bytes, [{ start: span.valueStart, end: span.valueEnd, text: name }]) : bytes;
}

const CONTENT = Buffer.from('event: content_block_');
const MESSAGE_START = Buffer.from('"message_start"');

function mayStartMessage(frame: Buffer): boolean {
  if (frame.length > CONTENT.length && frame.compare(CONTENT, 0, CONTENT.length, 0, CONTENT.length) === 0) return false;
  return frame.includes(MESSAGE_START);
}

/** `message.model`, only where the event itself is a `message_start`. */
function startPatched(frame: Buffer, name: string): Buffer {
  const data = dataSpan(frame);
  const event = data && fieldSpans(frame, data.start, data.end);
  const type = event && only(event, 'type');
  const message = event && only(event, 'message');
  if (!type || !message || frame.toString('utf8', type.valueStart, type.valueEnd) !== '"message_start"') return frame;
  return withModel(frame, fieldSpans(frame, message.valueStart, message.valueEnd), name);
}

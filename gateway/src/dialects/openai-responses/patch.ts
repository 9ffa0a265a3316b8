import type { Wire } from '../../model/reply.ts';
import type { Origin } from '../../model/request.ts';
import type { ReplyPatch, RequestPatch } from '../contract.ts';
import { cutFields, type FieldSpan, fieldSpans, spliced } from '../json-spans.ts';
import { requestSpans } from '../request-spans.ts';
import { dataSpan } from '../sse.ts';

/** Sets the model and takes fields out; every other byte stays. */
export function patchRequest(origin: Origin, { model, cut }: RequestPatch): Buffer | undefined {
  const fields = requestSpans(origin);
  const span = only(fields, 'model');
  if (!span || cut.includes('model')) return undefined;
  return spliced(origin.bytes, [
    { start: span.valueStart, end: span.valueEnd, text: JSON.stringify(model) },
    ...cutFields(fields, ({ key }) => cut.includes(key)),
  ]);
}

/** The one field of this name; `undefined` when it is absent or there are two. */
function only(fields: readonly FieldSpan[] | undefined, key: string): FieldSpan | undefined {
  const found = fields?.filter((field) => field.key === key);
  return found?.length === 1 ? found[0] : undefined;
}

// In a text every quote is escaped, so this can only be a key or a whole value.
const MODEL = Buffer.from('"model"');

/**
 * Sets the model of the reply, which stands in the `response` of the first events of a stream and of the last. Usage
 * stands beside the answer, so it is never withheld.
 */
export function patchReply(form: Wire['form'], { model }: ReplyPatch): (frame: Buffer) => Buffer | undefined {
  const name = JSON.stringify(model);
  if (form === 'json') return (body) => withModel(body, fieldSpans(body), name);
  return (frame) => {
    if (!frame.includes(MODEL)) return frame;
    const data = dataSpan(frame);
    const response = data && only(fieldSpans(frame, data.start, data.end), 'response');
    return response ? withModel(frame, fieldSpans(frame, response.valueStart, response.valueEnd), name) : frame;
  };
}

const QUOTE = 0x22;

function withModel(bytes: Buffer, fields: readonly FieldSpan[] | undefined, name: string): Buffer {
  const span = only(fields, 'model');
  if (!span || bytes[span.valueStart] !== QUOTE) return bytes;
  return spliced(bytes, [{ start: span.valueStart, end: span.valueEnd, text: name }]);
}

import type { Wire } from '../../model/reply.ts';
import type { Origin } from '../../model/request.ts';
import type { ReplyPatch, RequestPatch } from '../contract.ts';
import { cutFields, fieldSpans, spliced } from '../json-spans.ts';
import { requestSpans } from '../request-spans.ts';
import { dataSpan } from '../sse.ts';

/** What stands in the path where a provider is asked. */
const IN_PATH: ReadonlySet<string> = new Set(['model', 'stream']);

/** Takes fields out, those that belong into the path among them; every other byte stays. */
export function patchRequest(origin: Origin, { cut }: RequestPatch): Buffer {
  return spliced(
    origin.bytes,
    cutFields(requestSpans(origin), ({ key }) => IN_PATH.has(key) || cut.includes(key)),
  );
}

const MODEL_VERSION = Buffer.from('"modelVersion"');

/** Sets the model of the reply, which every frame says. Usage stands beside the answer, so it is never withheld. */
export function patchReply(form: Wire['form'], { model }: ReplyPatch): (frame: Buffer) => Buffer | undefined {
  const name = JSON.stringify(model);
  return (frame) => {
    if (!frame.includes(MODEL_VERSION)) return frame;
    const json = form === 'json' ? { start: 0, end: frame.length } : dataSpan(frame);
    const found = json && fieldSpans(frame, json.start, json.end)?.filter(({ key }) => key === 'modelVersion');
    const [span] = found ?? [];
    if (!span || found?.length !== 1) return frame;
    return spliced(frame, [{ start: span.valueStart, end: span.valueEnd, text: name }]);
  };
}

import type { Wire } from '../../model/reply.ts';
import type { ReplyPatch } from '../contract.ts';
import { fieldSpans, spliced } from '../json-spans.ts';

export { patchModel as patchRequest } from '../model-patch.ts';

const MODEL = Buffer.from('"model"');

/** Sets the model, which every line says. Usage stands in the line that ends a stream, so it is never withheld. */
export function patchReply(_form: Wire['form'], { model }: ReplyPatch): (frame: Buffer) => Buffer | undefined {
  const text = JSON.stringify(model);
  return (frame) => {
    if (!frame.includes(MODEL)) return frame;
    const found = fieldSpans(frame)?.filter(({ key }) => key === 'model');
    const [span] = found ?? [];
    if (!span || found?.length !== 1) return frame;
    return spliced(frame, [{ start: span.valueStart, end: span.valueEnd, text }]);
  };
}

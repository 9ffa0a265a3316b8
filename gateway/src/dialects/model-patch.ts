import type { Origin } from '../model/request.ts';
import type { RequestPatch } from './contract.ts';
import { cutFields, spliced } from './json-spans.ts';
import { requestSpans } from './request-spans.ts';

/** Sets the model of a request, where it stands at the top, and takes fields out; every other byte stays. */
export function patchModel(origin: Origin, { model, cut }: RequestPatch): Buffer | undefined {
  const fields = requestSpans(origin);
  const [span, second] = fields.filter(({ key }) => key === 'model');
  if (!span || second || cut.includes('model')) return undefined;
  return spliced(origin.bytes, [
    { start: span.valueStart, end: span.valueEnd, text: JSON.stringify(model) },
    ...cutFields(fields, ({ key }) => cut.includes(key)),
  ]);
}

import type { Origin } from '../model/request.ts';
import type { RequestPatch } from './contract.ts';
import { cutFields, type Edit, type FieldSpan, fieldSpans, spliced } from './json-spans.ts';
import { isObject } from './json-object.ts';
import { requestSpans } from './request-spans.ts';

/**
 * Sets the model, cuts the named fields and makes a stream say its usage, all in the bytes. A provider that doesn't
 * take `stream_options` names it among its cuts; it is then not put in either.
 */
export function patchOpenaiRequest(origin: Origin, { model, cut }: RequestPatch): Buffer | undefined {
  const spans = requestSpans(origin);
  const modelSpan = spans.find(({ key }) => key === 'model');
  if (!modelSpan || cut.includes('model')) return undefined;
  const edits = cut.length === 0 ? [] : cutFields(spans, ({ key }) => cut.includes(key));
  if (origin.body['model'] !== model) {
    edits.push({ start: modelSpan.valueStart, end: modelSpan.valueEnd, text: JSON.stringify(model) });
  }
  if (origin.body['stream'] === true && !cut.includes('stream_options') && !cut.includes('stream')) {
    const asking = usageEdit(origin, spans, modelSpan);
    if (asking === 'unsure') return undefined;
    if (asking) edits.push(asking);
  }
  return spliced(origin.bytes, edits);
}

function usageEdit(origin: Origin, spans: readonly FieldSpan[], model: FieldSpan): Edit | 'unsure' | undefined {
  const options = origin.body['stream_options'];
  if (isObject(options) && options['include_usage'] === true) return undefined;
  const span = spans.find(({ key }) => key === 'stream_options');
  // Before the model and not behind it, where the cut of the fields that follow may begin.
  if (!span) return { start: model.keyStart, end: model.keyStart, text: '"stream_options":{"include_usage":true},' };
  if (!isObject(options)) return { start: span.valueStart, end: span.valueEnd, text: '{"include_usage":true}' };
  const inside = fieldSpans(origin.bytes, span.valueStart, span.valueEnd);
  const usage = inside?.filter(({ key }) => key === 'include_usage');
  if (!inside || !usage || usage.length > 1) return 'unsure';
  const [field] = usage;
  if (field) return { start: field.valueStart, end: field.valueEnd, text: 'true' };
  const at = span.valueStart + 1;
  return { start: at, end: at, text: `"include_usage":true${inside.length > 0 ? ',' : ''}` };
}

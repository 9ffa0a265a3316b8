import { isObject, type JsonObject } from '../dialects/json-object.ts';
import { cutFields, type Edit, spliced } from '../dialects/json-spans.ts';
import { MODEL_NAME_CHARS_MAX, requestSpans } from '../dialects/request-spans.ts';
import { GatewayError, refusedField } from '../model/error.ts';
import type { Usage } from '../model/reply.ts';
import type { Origin } from '../model/request.ts';
import type { AskedOf, OperationLimits } from './contract.ts';

/** The name of a model. Throws `request.invalid`. */
export function modelIn(body: JsonObject, usual?: string): string {
  const model = body['model'] ?? usual;
  const fits = typeof model === 'string' && model !== '' && model.length <= MODEL_NAME_CHARS_MAX;
  if (!fits) throw refusedField('model', `must be the name of a model, of at most ${MODEL_NAME_CHARS_MAX} characters`);
  return model;
}

/** A list that isn't empty and not too long. Throws `request.invalid`. */
export function listIn(value: unknown, field: string, { inputsMax }: OperationLimits): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw refusedField(field, 'must be a list that isn’t empty');
  if (value.length > inputsMax) throw refusedField(field, `has more than ${inputsMax} entries (operations.inputsMax)`);
  return value;
}

/** A whole number from 1 on, where there is one. Throws `request.invalid`. */
export function countIn(body: JsonObject, field: string): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
  if (!fits) throw refusedField(field, 'must be a whole number from 1 on');
  return value;
}

/** The caller's own bytes with the provider's name for the model, and without what is ours. */
export function patched(origin: Origin, { model, cut }: Pick<AskedOf, 'model' | 'cut'>): Buffer {
  const spans = requestSpans(origin);
  const span = spans.find(({ key }) => key === 'model');
  if (!span) return written(origin, { model, cut }, {});
  const edits: Edit[] = cut.length === 0 ? [] : cutFields(spans, ({ key }) => cut.includes(key));
  if (origin.body['model'] !== model)
    edits.push({ start: span.valueStart, end: span.valueEnd, text: JSON.stringify(model) });
  return spliced(origin.bytes, edits);
}

/** The same, with some fields changed; `undefined` takes one out. */
export function written({ body }: Origin, { model, cut }: Pick<AskedOf, 'model' | 'cut'>, changed: JsonObject): Buffer {
  const fields = Object.entries(body).filter(([key]) => !cut.includes(key) || key === 'model');
  return shallow(() => Buffer.from(JSON.stringify({ ...Object.fromEntries(fields), ...changed, model })));
}

/** Writes something of a caller's. A parser reads an abyss of brackets that a writer falls into. Throws `request.invalid`. */
export function shallow<T>(write: () => T): T {
  try {
    return write();
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new GatewayError('request.invalid', 'The request is nested too deeply.');
    throw thrown;
  }
}

/** What tokens an answer took, as OpenAI, Voyage and Jina say it. */
export function tokenUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const input = countOf(usage['prompt_tokens']) ?? countOf(usage['input_tokens']) ?? countOf(usage['total_tokens']);
  const output = countOf(usage['output_tokens']) ?? countOf(usage['completion_tokens']) ?? 0;
  return input === undefined ? undefined : { inputTokens: input, outputTokens: output };
}

/** A count of a provider's, if it is one. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

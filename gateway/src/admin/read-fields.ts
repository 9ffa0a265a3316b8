import { z } from 'zod';
import { GatewayError } from '../model/error.ts';

/** Reads fields strictly. Throws `request.invalid`, naming the first that is wrong. */
export function readFields<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.infer<Schema> {
  const checked = schema.safeParse(sent);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const param = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.');
  const what = unknown === undefined ? (issue?.message ?? 'is wrong') : 'is not a field of this route';
  throw new GatewayError('request.invalid', param === '' ? what : `\`${param}\`: ${what}.`, { param });
}

const PAGE_MAX = 10_000;

/** A number in a query; it is text there. */
export const queryNumber = (fallback: number, max = PAGE_MAX) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(max))
    .default(fallback);

/** Query parameters as fields; one that stands twice is refused. Throws `request.invalid`. */
export function readQuery<Schema extends z.ZodType>(schema: Schema, query: URLSearchParams): z.infer<Schema> {
  const names = [...query.keys()];
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined)
    throw new GatewayError('request.invalid', `\`${twice}\` stands twice in the query.`, { param: twice });
  return readFields(schema, Object.fromEntries(query));
}

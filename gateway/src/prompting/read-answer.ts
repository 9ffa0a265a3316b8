import type { z } from 'zod';

/** What a model's answer says, or what is wrong with it, in words that the model understands. */
export type ReadAnswer<T> = { readonly value: T } | { readonly mistake: string };

const MISTAKES_MAX = 5;
const MISTAKE_CHARACTERS_MAX = 300;

/** Reads an answer that must be one JSON object. Words and fences around it are passed over: models love them. */
export function readAnswer<T>(text: string, schema: z.ZodType<T>): ReadAnswer<T> {
  if (text.trim() === '') return { mistake: 'the answer is empty' };
  const parsed = objectIn(text);
  if (!parsed) return { mistake: 'it holds no JSON object' };
  if ('mistake' in parsed) return parsed;
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return { value: checked.data };
  return { mistake: checked.error.issues.slice(0, MISTAKES_MAX).map(inWords).join('; ') };
}

function objectIn(text: string): ReadAnswer<unknown> | undefined {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  if (from === -1 || to < from) return undefined;
  try {
    return { value: JSON.parse(text.slice(from, to + 1)) };
  } catch (thrown) {
    return { mistake: `it is not valid JSON (${cut((thrown as Error).message)})` };
  }
}

function inWords({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? cut(message) : `"${path.join('.')}": ${cut(message)}`;
}

function cut(message: string): string {
  return message.length > MISTAKE_CHARACTERS_MAX ? `${message.slice(0, MISTAKE_CHARACTERS_MAX)}…` : message;
}

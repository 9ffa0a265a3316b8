import { z } from 'zod';
import type { OutputFormat } from '../model/request.ts';

/** How a model is told what its answer must be. */
export type AnswerForm = 'schema' | 'json' | 'words';

/** What providers’ own checks of answers know. Bounds are left to ours: some providers refuse a schema that has any. */
const KNOWN_WORDS = new Set(['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'description']);

/** What goes to the provider beside the words. */
export function outputOf(schema: z.ZodType, name: string, form: AnswerForm): OutputFormat | undefined {
  if (form === 'words') return undefined;
  if (form === 'json') return { type: 'json' };
  return { type: 'json-schema', name, schema: plain(jsonSchemaOf(schema)), strict: true };
}

/** The same in words, for models that nobody checks. */
export function formInWords(schema: z.ZodType): string {
  const form = JSON.stringify(jsonSchemaOf(schema));
  return `Answer with one JSON object and nothing else: no words around it, no code fence. Its JSON Schema: ${form}`;
}

type Fields = Readonly<Record<string, unknown>>;

function jsonSchemaOf(schema: z.ZodType): Fields {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function plain(schema: Fields): Fields {
  const kept = Object.entries(schema).filter(([word]) => KNOWN_WORDS.has(word));
  return Object.fromEntries(
    kept.map(([word, value]) => {
      if (word === 'properties') return [word, mapValues(value as Readonly<Record<string, Fields>>, plain)];
      return [word, word === 'items' ? plain(value as Fields) : value];
    }),
  );
}

function mapValues(fields: Readonly<Record<string, Fields>>, change: (value: Fields) => Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]));
}

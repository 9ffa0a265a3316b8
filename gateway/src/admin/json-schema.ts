import { z } from 'zod';
import type { JsonSchema } from '../model/route-facts.ts';

/** What a schema takes, in JSON Schema, made when somebody asks. Rules that only code can check are left out. */
export function jsonSchemaOf(schema: z.ZodType): () => JsonSchema {
  return () => {
    const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return rest;
  };
}

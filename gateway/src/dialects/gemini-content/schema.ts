import { type Fields, isFields } from './fields.ts';

/** Deeper schemas are left as they are. */
const DEPTH_MAX = 64;
/** Numbers that the wire writes as texts. */
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

/**
 * Google's own kind of schema as the JSON Schema that it stands for: types in lower case, `nullable` as one more type.
 * https://ai.google.dev/api/caching#Schema
 */
export function jsonSchemaOf(schema: Fields, depth = 0): Fields {
  if (depth > DEPTH_MAX) return schema;
  const { nullable, ...fields } = schema;
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (key !== 'propertyOrdering' && key !== 'property_ordering') said[jsonName(key)] = converted(key, value, depth);
  }
  if (nullable === true && typeof said['type'] === 'string') said['type'] = [said['type'], 'null'];
  return said;
}

function jsonName(key: string): string {
  return key.includes('_') ? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : key;
}

function converted(key: string, value: unknown, depth: number): unknown {
  const name = jsonName(key);
  if (name === 'type' && typeof value === 'string') return value.toLowerCase();
  if (name === 'properties' && isFields(value)) {
    return Object.fromEntries(Object.entries(value).map(([property, inner]) => [property, inside(inner, depth)]));
  }
  if (name === 'items' || name === 'additionalProperties') return inside(value, depth);
  if ((name === 'anyOf' || name === 'prefixItems') && Array.isArray(value))
    return value.map((one) => inside(one, depth));
  return COUNTS.has(name) && typeof value === 'string' ? Number(value) : value;
}

function inside(value: unknown, depth: number): unknown {
  return isFields(value) ? jsonSchemaOf(value, depth + 1) : value;
}

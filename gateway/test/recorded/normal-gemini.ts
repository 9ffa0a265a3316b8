import { isObject, type Json, type JsonObject } from './independent.ts';

/** What callers and models wrote themselves, whose names are nobody's to change. */
const WRITTEN = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
]);

/**
 * A request with the few differences taken out that mean nothing to Google: names in snake case, a lone object for a
 * list of one, functions in one declaration or in several, and tools in another order.
 */
export function normalGeminiRequest({ tools, contents, model: _model, stream: _stream, ...body }: JsonObject): Json {
  const entries = listOf(tools).map(camelCased).filter(isObject);
  const functions = entries.flatMap(({ functionDeclarations: declared }) => listOf(declared));
  const others = entries.flatMap(({ functionDeclarations: _declared, ...other }) => Object.entries(other));
  return {
    ...Object.fromEntries(Object.entries(camelCased(body) as JsonObject).filter(([, value]) => !isEmpty(value))),
    contents: listOf(contents).map(camelCased),
    tools: { functions, others: Object.fromEntries(others) },
  };
}

/** Settings without any are none. */
function isEmpty(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function listOf(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function camelCased(value: Json): Json {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isObject(value))
    return typeof value === 'string' && /^(any|none|auto)$/.test(value) ? value.toUpperCase() : value;
  const renamed = Object.entries(value).map(([key, inner]): [string, Json] => {
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [name, WRITTEN.has(name) ? inner : camelCased(inner)];
  });
  return Object.fromEntries(renamed);
}

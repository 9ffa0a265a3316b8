/** A JSON object whose fields nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A JSON object that is still being written. */
export type JsonDraft = Record<string, unknown>;

/** Whether a value is a JSON object: no list, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object that are not among the `known`. */
export function unknownFields(wire: JsonObject, known: ReadonlySet<string>): JsonDraft {
  const rest: JsonDraft = {};
  for (const key of Object.keys(wire)) if (!known.has(key)) rest[key] = wire[key];
  return rest;
}

/** Whether there is anything in an object. */
export function hasFields(wire: JsonObject): boolean {
  for (const _ in wire) return true;
  return false;
}

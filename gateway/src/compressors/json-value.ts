/** A JSON value whose numbers keep their spelling and whose objects keep their order. */
export type JsonValue = string | JsonLiteral | JsonRecord | readonly JsonValue[];

/** An object. A Map, since plain objects sort keys that look like numbers. */
export type JsonRecord = ReadonlyMap<string, JsonValue>;

/** A number, true, false or null, as it was spelt. */
export class JsonLiteral {
  readonly spelling: string;

  constructor(spelling: string) {
    this.spelling = spelling;
  }
}

/** Whether a value is an object. */
export function isRecord(value: JsonValue | undefined): value is JsonRecord {
  return value instanceof Map;
}

/** Whether a value is a list. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Writes a value without blanks, each string in its one usual spelling. */
export function writeJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof JsonLiteral) return value.spelling;
  if (isRecord(value)) {
    const fields: string[] = [];
    for (const [key, inside] of value) fields.push(`${JSON.stringify(key)}:${writeJson(inside)}`);
    return `{${fields.join(',')}}`;
  }
  return `[${value.map(writeJson).join(',')}]`;
}

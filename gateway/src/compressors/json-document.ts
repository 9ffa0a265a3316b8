import { JsonReader, NotJson } from './json-reader.ts';
import { type JsonValue, writeJson } from './json-value.ts';

/** JSON as tools write it: one value, or one on each line. */
export interface JsonDocument {
  readonly form: 'value' | 'lines';
  /** A single value, or those of the lines. */
  readonly value: JsonValue;
}

const SURROGATE = /\p{Surrogate}/u;
/** Longest text that is read. */
const CHARS_MAX = 2_000_000;

/** The text that was read last: several compressors look at the same one, one after the other. */
let last: { readonly text: string; readonly document: JsonDocument | undefined } | undefined;

/** Reads a text that is JSON and nothing else; a lone number or word isn't worth it. `undefined` where it isn't sure. */
export function readDocument(text: string): JsonDocument | undefined {
  if (last?.text !== text) last = { text, document: readAfresh(text) };
  return last.document;
}

function readAfresh(text: string): JsonDocument | undefined {
  if (text.length > CHARS_MAX || !beginsLikeJson(text) || SURROGATE.test(text)) return undefined;
  const value = readOrNothing(text);
  if (value !== undefined) return { form: 'value', value };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2) return undefined;
  const values: JsonValue[] = [];
  for (const line of lines) {
    const inLine = beginsLikeJson(line) ? readOrNothing(line) : undefined;
    if (inLine === undefined) return undefined;
    values.push(inLine);
  }
  return { form: 'lines', value: values };
}

/** Writes a document without blanks. */
export function writeDocument({ form, value }: JsonDocument): string {
  return form === 'lines' ? (value as readonly JsonValue[]).map(writeJson).join('\n') : writeJson(value);
}

/** A text's JSON without what doesn't matter in JSON: blanks, and how a string is escaped. */
export function jsonEssence(text: string): string | undefined {
  const document = readDocument(text);
  return document && writeDocument(document);
}

function beginsLikeJson(text: string): boolean {
  return /^\s{0,64}[[{]/.test(text);
}

function readOrNothing(text: string): JsonValue | undefined {
  try {
    JSON.parse(text); // the fastest way to know that it is JSON at all, and how the reader may trust it
    return new JsonReader(text).whole();
  } catch (thrown) {
    if (thrown instanceof NotJson || thrown instanceof SyntaxError || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

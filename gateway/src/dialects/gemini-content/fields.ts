import { refusedField } from '../../model/error.ts';
import type { DialectId, Extra } from '../../model/request.ts';
import { isObject, type JsonObject } from '../json-object.ts';

/** This dialect's own name. */
export const DIALECT = 'gemini-content' satisfies DialectId;

/** A JSON object of the wire. */
export type Fields = JsonObject;

/** Whether a value of the wire is a JSON object. */
export const isFields = isObject;

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that are there, without those that are `undefined`. */
export function present<T extends object>(fields: T): Present<T> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept as Present<T>;
}

/** The fields of an `Extra` if they are this dialect's. */
export function ownFields(extra: Extra | undefined): Fields | undefined {
  return extra?.dialect === DIALECT ? extra.fields : undefined;
}

/** How a caller of this dialect wrote a thing; empty if it came from elsewhere. */
export function spellingOf(extra: Extra | undefined): Fields {
  return (extra?.dialect === DIALECT ? extra.spelling : undefined) ?? {};
}

/** Fields without a word of ours, and how the others were written, to be spread; nothing where there is neither. */
export function extraOf(fields: Fields, spelling: Fields = {}): { readonly extra?: Extra } {
  const isSpelt = Object.keys(spelling).length > 0;
  if (!isSpelt && Object.keys(fields).length === 0) return {};
  return { extra: { dialect: DIALECT, fields, ...(isSpelt ? { spelling } : {}) } };
}

/** The objects of a list; the wire takes a lone one for a list of one. */
export function objectsOf(value: unknown): readonly Fields[] {
  if (isFields(value)) return [value];
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A text of the wire, if it is one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number of the wire; whole numbers may be written as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number : undefined;
}

/**
 * The names of two words that are read here. Google reads each of them in either spelling.
 * https://protobuf.dev/programming-guides/json/
 */
const NAMES = `
  systemInstruction generationConfig toolConfig safetySettings cachedContent serviceTier functionCall
  functionResponse inlineData fileData executableCode codeExecutionResult thoughtSignature videoMetadata
  mediaResolution toolCall toolResponse partMetadata mimeType fileUri displayName willContinue partialArgs
  functionDeclarations parametersJsonSchema responseJsonSchema googleSearch googleSearchRetrieval codeExecution
  urlContext fileSearch googleMaps computerUse enterpriseWebSearch functionCallingConfig allowedFunctionNames
  retrievalConfig includeServerSideToolInvocations topP topK maxOutputTokens candidateCount stopSequences
  presencePenalty frequencyPenalty responseLogprobs responseMimeType responseSchema responseModalities
  thinkingConfig speechConfig imageConfig thinkingBudget thinkingLevel includeThoughts generateContentRequest
`;
const CAMEL_CASED: ReadonlyMap<string, string> = new Map(
  NAMES.trim()
    .split(/\s+/)
    .map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
);

/** The same object with known names in camel case. Throws `request.invalid` for a field that stands there in both spellings. */
export function camelCased(fields: Fields): Fields {
  let renamed: Record<string, unknown> | undefined;
  for (const key of Object.keys(fields)) {
    const name = key.includes('_') ? CAMEL_CASED.get(key) : undefined;
    if (name === undefined) continue;
    if (name in fields) throw refusedField(key, `stands twice, in two spellings`);
    renamed ??= { ...fields };
    delete renamed[key];
    renamed[name] = fields[key];
  }
  return renamed ?? fields;
}

import type { DialectId, Extra } from '../../model/request.ts';
import { isObject, type JsonObject } from '../json-object.ts';

/** This dialect's own name. */
export const DIALECT = 'ollama-chat' satisfies DialectId;

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

/** Whether an object has no field. */
export function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0;
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
  if (isEmpty(spelling) && isEmpty(fields)) return {};
  return { extra: { dialect: DIALECT, fields, ...(isEmpty(spelling) ? {} : { spelling }) } };
}

/** The objects of a list. */
export function objectsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A text of the wire, if it is one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number of the wire, if it is one. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

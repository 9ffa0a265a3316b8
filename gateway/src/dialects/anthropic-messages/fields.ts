import type { DialectId, Extra } from '../../model/request.ts';
import { isObject, type JsonObject } from '../json-object.ts';

/** This dialect's own name. */
export const DIALECT = 'anthropic-messages' satisfies DialectId;

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

/**
 * Takes fields out of a wire object one by one, by name and kind. A field of another kind than expected isn't taken, so
 * it stays in the rest and is written again as it came.
 */
export class Reading {
  readonly #fields: Fields;
  readonly #taken: Set<string>;

  constructor(fields: Fields, taken: readonly string[] = []) {
    this.#fields = fields;
    this.#taken = new Set(taken);
  }

  text(key: string): string | undefined {
    const value = this.#fields[key];
    return typeof value === 'string' ? this.#take(key, value) : undefined;
  }

  number(key: string): number | undefined {
    const value = this.#fields[key];
    return typeof value === 'number' ? this.#take(key, value) : undefined;
  }

  flag(key: string): boolean | undefined {
    const value = this.#fields[key];
    return typeof value === 'boolean' ? this.#take(key, value) : undefined;
  }

  object(key: string): Fields | undefined {
    const value = this.#fields[key];
    return isFields(value) ? this.#take(key, value) : undefined;
  }

  list(key: string): readonly unknown[] | undefined {
    const value: unknown = this.#fields[key];
    return Array.isArray(value) ? this.#take(key, value as readonly unknown[]) : undefined;
  }

  /** What nobody took, or `undefined` when everything was. */
  rest(): Fields | undefined {
    const rest = Object.entries(this.#fields).filter(([key]) => !this.#taken.has(key));
    return rest.length === 0 ? undefined : Object.fromEntries(rest);
  }

  /** What nobody took, and how the rest was written, as an `Extra` of this dialect. */
  extra(spelling: Fields = {}): Extra | undefined {
    const fields = this.rest();
    const isSpelt = Object.keys(spelling).length > 0;
    if (!fields && !isSpelt) return undefined;
    return { dialect: DIALECT, fields: fields ?? {}, ...(isSpelt ? { spelling } : {}) };
  }

  #take<T>(key: string, value: T): T {
    this.#taken.add(key);
    return value;
  }
}

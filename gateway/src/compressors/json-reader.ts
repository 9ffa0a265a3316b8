import { JsonLiteral, type JsonValue } from './json-value.ts';

/** Deeper values are left alone. */
const DEPTH_MAX = 32;

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SURROGATE = /\p{Surrogate}/u;

/** Says that a text isn't JSON that every reader understands alike. */
export class NotJson extends Error {}

/**
 * Reads JSON values out of a text that is known to be JSON. Throws on what parsers disagree about: keys that stand twice,
 * and strings whose escapes are no valid Unicode.
 */
export class JsonReader {
  readonly #text: string;
  readonly #placeholder: ((number: number) => JsonValue) | undefined;
  #depth = 0;
  at: number;

  /** With `placeholder`, `@1` stands for what it gives for 1. */
  constructor(text: string, at = 0, placeholder?: (number: number) => JsonValue) {
    this.#text = text;
    this.at = at;
    this.#placeholder = placeholder;
  }

  /** The value that begins here. */
  value(): JsonValue {
    this.#skipSpace();
    switch (this.#text.charCodeAt(this.at)) {
      case 0x22:
        return this.#string();
      case 0x7b:
        return this.#nested(() => this.#record());
      case 0x5b:
        return this.#nested(() => this.#list());
      case 0x40:
        return this.#filled();
      default:
        return this.#literal();
    }
  }

  /** The value that is the whole text. */
  whole(): JsonValue {
    const value = this.value();
    this.#skipSpace();
    if (this.at !== this.#text.length) throw new NotJson();
    return value;
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new NotJson();
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #skipSpace(): void {
    let code = this.#text.charCodeAt(this.at);
    while (code === 0x20 || (code >= 0x09 && code <= 0x0d)) code = this.#text.charCodeAt((this.at += 1));
  }

  #take(code: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.at) !== code) return false;
    this.at += 1;
    return true;
  }

  #need(code: number): void {
    if (!this.#take(code)) throw new NotJson();
  }

  #record(): JsonValue {
    const record = new Map<string, JsonValue>();
    this.at += 1;
    if (this.#take(0x7d)) return record;
    do {
      this.#skipSpace();
      if (this.#text.charCodeAt(this.at) !== 0x22) throw new NotJson();
      const key = this.#string();
      if (record.has(key)) throw new NotJson();
      this.#need(0x3a);
      record.set(key, this.value());
    } while (this.#take(0x2c));
    this.#need(0x7d);
    return record;
  }

  #list(): JsonValue {
    const list: JsonValue[] = [];
    this.at += 1;
    if (this.#take(0x5d)) return list;
    do list.push(this.value());
    while (this.#take(0x2c));
    this.#need(0x5d);
    return list;
  }

  #string(): string {
    const start = this.at;
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw new NotJson();
    this.at = end + 1;
    const inside = this.#text.slice(start + 1, end);
    return inside.includes('\\') ? unescaped(`"${inside}"`) : inside;
  }

  #isEscaped(at: number): boolean {
    let before = at - 1;
    while (this.#text.charCodeAt(before) === 0x5c) before -= 1;
    return (at - before) % 2 === 0;
  }

  #literal(): JsonValue {
    LITERAL.lastIndex = this.at;
    const found = LITERAL.exec(this.#text);
    if (!found) throw new NotJson();
    this.at = LITERAL.lastIndex;
    return new JsonLiteral(found[0]);
  }

  #filled(): JsonValue {
    const [, number] = /@(\d{1,6})/y.exec(this.#text.slice(this.at, this.at + 8)) ?? [];
    if (!this.#placeholder || number === undefined) throw new NotJson();
    this.at += 1 + number.length;
    return this.#placeholder(Number(number));
  }
}

function unescaped(quoted: string): string {
  const value = JSON.parse(quoted) as string;
  if (SURROGATE.test(value)) throw new NotJson();
  return value;
}

/** Whether a text is one number, true, false or null of JSON. */
export function isLiteral(text: string): boolean {
  LITERAL.lastIndex = 0;
  return LITERAL.test(text) && LITERAL.lastIndex === text.length;
}

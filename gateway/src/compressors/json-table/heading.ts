import { JsonReader } from '../json-reader.ts';
import type { JsonValue } from '../json-value.ts';
import { cellEnd, looksLiteral, readCell, SEPARATOR, writeCell } from './cells.ts';
import type { Column, Path } from './columns.ts';

/** How a column's values are written. */
export interface Heading {
  readonly path: Path;
  /** Every value is a string, so what looks like a number isn't one. */
  readonly isText: boolean;
  /** The one value of all rows, which is said here and in no row. */
  readonly constant?: JsonValue;
  /** What every value begins and ends with; the rows say what is between. */
  readonly affix?: { readonly prefix: string; readonly suffix: string };
}

const BARE_KEY = /^[\p{L}_$][\p{L}\p{N}_$-]{0,99}$/u;
const BARE_KEY_HERE = /[\p{L}_$][\p{L}\p{N}_$-]{0,99}/uy;
const PLACE_HERE = /\[(\d{1,3})\]/y;
const TEXT_MARK = ':text';

/** Links and times: what nobody repeats to the letter, and what begins alike. */
const OFTEN_ALIKE = /^[a-z][a-z0-9+.-]{1,20}:\/\/|^\d{4}-\d\d-\d\d[T ]\d\d:|^\/\w/;
const AFFIX_CHARS_MIN = 4;
const UNFIT_FOR_AFFIX = /[|"*\p{Cc}\u2028\u2029]|^[\s[{=@]|\s$/u;

/** Decides how a column is written. With `affixes`, links and times may be said without what they share. */
export function headingOf({ path, values }: Column, affixes: boolean): Heading {
  const [first] = values;
  if (first !== undefined && values.length > 1) {
    const same = writeCell(first, false);
    if (values.every((value) => value !== undefined && writeCell(value, false) === same)) {
      return { path, isText: false, constant: first };
    }
  }
  const affix = affixes ? affixOf(values) : undefined;
  if (affix) return { path, isText: true, affix };
  const isText = values.some(looksLiteral) && values.every((value) => value === undefined || typeof value === 'string');
  return { path, isText };
}

function affixOf(values: Column['values']): Heading['affix'] {
  let prefix: string | undefined;
  let suffix = '';
  let shortest = Number.POSITIVE_INFINITY;
  for (const value of values) {
    if (value === undefined) continue;
    if (typeof value !== 'string' || (prefix === undefined && !OFTEN_ALIKE.test(value))) return undefined;
    shortest = Math.min(shortest, value.length);
    prefix = prefix === undefined ? value : value.slice(0, alikeFromStart(prefix, value));
    suffix = suffix === '' && prefix === value ? value : value.slice(value.length - alikeFromEnd(suffix, value));
  }
  if (prefix === undefined) return undefined;
  prefix = /^.*[/:.\-_ ?=&#]/.exec(prefix)?.[0] ?? '';
  suffix = /[/:.\-_ ?=&#+Z].*$/.exec(suffix)?.[0] ?? '';
  if (prefix.length + suffix.length > shortest) suffix = '';
  if (prefix.length + suffix.length < AFFIX_CHARS_MIN || UNFIT_FOR_AFFIX.test(`${prefix}.${suffix}`)) return undefined;
  return { prefix, suffix };
}

function alikeFromStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

function alikeFromEnd(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one.at(-1 - length) === other.at(-1 - length)) length += 1;
  return length;
}

/** Writes the line over the rows. */
export function writeHeadings(headings: readonly Heading[]): string {
  return headings.map(writeHeading).join(SEPARATOR);
}

function writeHeading({ path, isText, constant, affix }: Heading): string {
  const name = path.map(writeKey).join('');
  if (constant !== undefined) return `${name}=${quotedIfStarred(constant)}`;
  if (affix) return `${name}=${affix.prefix}*${affix.suffix}`;
  return isText ? `${name}${TEXT_MARK}` : name;
}

function quotedIfStarred(constant: JsonValue): string {
  const cell = writeCell(constant, false);
  return typeof constant === 'string' && cell.includes('*') ? JSON.stringify(constant) : cell;
}

function writeKey(key: string | number, at: number): string {
  if (typeof key === 'number') return `[${key}]`;
  return `${at > 0 ? '.' : ''}${BARE_KEY.test(key) ? key : JSON.stringify(key)}`;
}

/** Reads the line over the rows. */
export function readHeadings(line: string): Heading[] {
  const headings: Heading[] = [];
  let at = 0;
  for (;;) {
    const path = readPath(line, at);
    at = path.end;
    const heading = readRest(line, at, path.keys);
    headings.push(heading.heading);
    at = heading.end;
    if (at >= line.length) return headings;
    if (line[at] !== SEPARATOR) throw new TypeError('A heading goes on behind its end.');
    at += 1;
  }
}

function readPath(line: string, start: number): { readonly keys: Path; readonly end: number } {
  const keys: (string | number)[] = [];
  let at = start;
  for (;;) {
    PLACE_HERE.lastIndex = at;
    const place = PLACE_HERE.exec(line);
    if (place && keys.length > 0) {
      keys.push(Number(place[1]));
      at = PLACE_HERE.lastIndex;
      continue;
    }
    if (keys.length > 0) {
      if (line[at] !== '.') return { keys, end: at };
      at += 1;
    }
    const key = readKey(line, at);
    keys.push(key.key);
    at = key.end;
  }
}

function readKey(line: string, at: number): { readonly key: string; readonly end: number } {
  if (line[at] === '"') {
    const reader = new JsonReader(line, at);
    return { key: reader.value() as string, end: reader.at };
  }
  BARE_KEY_HERE.lastIndex = at;
  const [key] = BARE_KEY_HERE.exec(line) ?? [];
  if (key === undefined) throw new TypeError('A heading has no name.');
  return { key, end: at + key.length };
}

function readRest(line: string, at: number, path: Path): { readonly heading: Heading; readonly end: number } {
  if (line.startsWith(TEXT_MARK, at)) return { heading: { path, isText: true }, end: at + TEXT_MARK.length };
  if (line[at] !== '=') return { heading: { path, isText: false }, end: at };
  const end = cellEnd(line, at + 1);
  const cell = line.slice(at + 1, end);
  const star = /^["[{]/.test(cell) ? -1 : cell.indexOf('*');
  if (star !== -1) {
    const affix = { prefix: cell.slice(0, star), suffix: cell.slice(star + 1) };
    return { heading: { path, isText: true, affix }, end };
  }
  const constant = readCell(cell, false);
  if (constant === undefined) throw new TypeError('A column says no value.');
  return { heading: { path, isText: false, constant }, end };
}

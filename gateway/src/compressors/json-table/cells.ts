import { isLiteral, JsonReader } from '../json-reader.ts';
import { JsonLiteral, type JsonValue, writeJson } from '../json-value.ts';

/** Between cells. */
export const SEPARATOR = '|';

const NEEDS_QUOTES = /^$|^[\s"[{=@]|\s$|[|\p{Cc}\u2028\u2029]/u;

/** Writes a value as a cell: strings bare where that can't be mistaken, everything else as JSON; nothing for no value. */
export function writeCell(value: JsonValue | undefined, isText: boolean): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return writeJson(value);
  return NEEDS_QUOTES.test(value) || (!isText && isLiteral(value)) ? JSON.stringify(value) : value;
}

/** Whether a string, were it written bare, would be read as a number, true, false or null. */
export function looksLiteral(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && isLiteral(value);
}

/** Reads what `writeCell` wrote. `isText` for columns that hold strings only. */
export function readCell(cell: string, isText: boolean): JsonValue | undefined {
  if (cell === '') return undefined;
  if (isJson(cell[0])) return new JsonReader(cell).whole();
  return !isText && isLiteral(cell) ? new JsonLiteral(cell) : cell;
}

/** Where the cell that begins at `start` ends: at the next separator that isn't inside JSON. */
export function cellEnd(line: string, start: number): number {
  if (isJson(line[start])) {
    const reader = new JsonReader(line, start);
    reader.value();
    return reader.at;
  }
  const end = line.indexOf(SEPARATOR, start);
  return end === -1 ? line.length : end;
}

/** A row's cells. */
export function splitCells(line: string): string[] {
  const cells: string[] = [];
  let start = 0;
  for (;;) {
    const end = cellEnd(line, start);
    cells.push(line.slice(start, end));
    if (end >= line.length) return cells;
    if (line[end] !== SEPARATOR) throw new TypeError('A cell goes on behind its end.');
    start = end + 1;
  }
}

function isJson(first: string | undefined): boolean {
  return first === '"' || first === '[' || first === '{';
}

import type { Compressor } from '../contract.ts';
import { type JsonDocument, jsonEssence, readDocument, writeDocument } from '../json-document.ts';
import { JsonReader } from '../json-reader.ts';
import { isList, isRecord, type JsonValue, writeJson } from '../json-value.ts';
import { readTable, writeTable } from './table.ts';

const TABLES_MAX = 100;

const FIRST_LINE =
  /^\[JSON( lines)? as tables: @n is n's list of objects; name=value holds for all rows, \* is the cell, empty means no such key\]$/;
const firstLine = (form: JsonDocument['form']): string =>
  `[JSON${form === 'lines' ? ' lines' : ''} as tables: @n is n's list of objects; name=value holds for all rows, * is the cell, empty means no such key]`;

/**
 * Writes lists of objects in JSON as tables: names once, what is the same in every row once, nested objects as columns
 * with dots. Gives back the same JSON, numbers spelt the same and keys in the same order.
 */
export const jsonTable: Compressor = {
  id: 'json-table',
  loss: 'layout',
  compress(text) {
    const document = readDocument(text);
    if (!document) return undefined;
    const tables: (readonly string[])[] = [];
    const skeleton = writeSkeleton(document.value, tables);
    if (tables.length === 0) return undefined;
    if (document.form === 'lines' && skeleton !== '@1') return undefined;
    const blocks = tables.flatMap((lines, at) => [`@${at + 1} ${lines.length - 1} rows`, ...lines]);
    return [firstLine(document.form), skeleton, ...blocks].join('\n');
  },
  restore(compressed) {
    const [first = '', skeleton = '', ...rest] = compressed.split('\n');
    const form = FIRST_LINE.exec(first);
    if (!form) throw new TypeError('This was not written by json-table.');
    const tables = readTables(rest);
    const value = new JsonReader(skeleton, 0, (number) => found(tables[number - 1])).whole();
    return writeDocument({ form: form[1] ? 'lines' : 'value', value });
  },
  essence: jsonEssence,
};

function writeSkeleton(value: JsonValue, tables: (readonly string[])[]): string {
  if (isList(value)) {
    const table = tables.length < TABLES_MAX && value.every(isRecord) ? writeTable(value) : undefined;
    if (table && isShorter(table, value)) {
      tables.push(table);
      return `@${tables.length}`;
    }
    return `[${value.map((inside) => writeSkeleton(inside, tables)).join(',')}]`;
  }
  if (!isRecord(value)) return writeJson(value);
  const fields = [...value].map(([key, inside]) => `${JSON.stringify(key)}:${writeSkeleton(inside, tables)}`);
  return `{${fields.join(',')}}`;
}

/** A cheap look; whether tokens are saved is counted by whoever uses the whole. */
function isShorter(table: readonly string[], rows: readonly JsonValue[]): boolean {
  return table.reduce((sum, line) => sum + line.length + 1, 0) < writeJson(rows).length;
}

function readTables(lines: readonly string[]): (readonly JsonValue[])[] {
  const tables: (readonly JsonValue[])[] = [];
  for (let at = 0; at < lines.length; ) {
    const title = /^@(\d{1,3}) (\d{1,9}) rows$/.exec(lines[at] ?? '');
    if (!title || Number(title[1]) !== tables.length + 1) throw new TypeError('A table has no title.');
    const end = at + 2 + Number(title[2]);
    if (end > lines.length) throw new TypeError('Rows of a table are missing.');
    tables.push(readTable(lines.slice(at + 1, end)));
    at = end;
  }
  return tables;
}

function found(table: readonly JsonValue[] | undefined): readonly JsonValue[] {
  if (!table) throw new TypeError('A table is missing.');
  return table;
}

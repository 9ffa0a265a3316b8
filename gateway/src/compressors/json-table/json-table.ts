import type { Compressor } from '../contract.ts';
import { type JsonDocument, jsonEssence, readDocument, writeDocument } from '../json-document.ts';
import { JsonReader } from '../json-reader.ts';
import { isList, isRecord, type JsonValue, writeJson } from '../json-value.ts';
import { readTable, writeTable } from './table.ts';

const TABLES_MAX = 100;

const AFFIXES = ', * stands for the cell';

/**
 * Writes lists of objects in JSON as tables: names once, what is the same in every row once, nested objects as columns
 * with dots. Gives back the same JSON, numbers spelt the same and keys in the same order. Every value that is said is
 * said to the letter.
 */
export const jsonTable: Compressor = tableCompressor('json-table', false);

/** The same, with links and times cut to what differs: shorter, but a model has to put them together to say them. */
export const jsonTableAffix: Compressor = tableCompressor('json-table-affix', true);

function tableCompressor(id: string, affixes: boolean): Compressor {
  return {
    id,
    loss: 'layout',
    compress: (text) => compressed(text, affixes),
    restore: (text) => restored(text, affixes),
    essence: jsonEssence,
  };
}

function compressed(text: string, affixes: boolean): string | undefined {
  const document = readDocument(text);
  if (!document) return undefined;
  const writing: Writing = { tables: [], affixes };
  const skeleton = writeSkeleton(document.value, writing);
  if (writing.tables.length === 0) return undefined;
  if (document.form === 'lines' && skeleton !== '@1') return undefined;
  const blocks = writing.tables.flatMap((lines, at) => [`@${at + 1} ${lines.length - 1} rows`, ...lines]);
  return [firstLine(document.form, affixes), skeleton, ...blocks].join('\n');
}

function restored(text: string, affixes: boolean): string {
  const [first, skeleton = '', ...rest] = text.split('\n');
  const form = (['value', 'lines'] as const).find((known) => first === firstLine(known, affixes));
  if (form === undefined) throw new TypeError('This was not written by json-table.');
  const tables = readTables(rest);
  return writeDocument({ form, value: new JsonReader(skeleton, 0, (number) => found(tables[number - 1])).whole() });
}

function firstLine(form: JsonDocument['form'], affixes: boolean): string {
  const what = form === 'lines' ? 'JSON lines' : 'JSON';
  return `[${what}, its lists of objects as tables @1 …: name=value holds for all rows${affixes ? AFFIXES : ''}, empty means no such key]`;
}

interface Writing {
  readonly tables: (readonly string[])[];
  readonly affixes: boolean;
}

function writeSkeleton(value: JsonValue, writing: Writing): string {
  const { tables, affixes } = writing;
  if (isList(value)) {
    const table = tables.length < TABLES_MAX && value.every(isRecord) ? writeTable(value, affixes) : undefined;
    if (table && isShorter(table, value)) {
      tables.push(table);
      return `@${tables.length}`;
    }
    return `[${value.map((inside) => writeSkeleton(inside, writing)).join(',')}]`;
  }
  if (!isRecord(value)) return writeJson(value);
  const fields = [...value].map(([key, inside]) => `${JSON.stringify(key)}:${writeSkeleton(inside, writing)}`);
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

import { JsonReader } from '../json-reader.ts';
import { type JsonValue, writeJson } from '../json-value.ts';
import { readCell, SEPARATOR, splitCells, writeCell } from './cells.ts';
import { assembled, columnsOf } from './columns.ts';
import { type Heading, headingOf, readHeadings, writeHeadings } from './heading.ts';

/** A row that doesn't fit the columns stands whole behind this. */
const MISFIT = '=';

/** Fewer rows than this are no table. */
const ROWS_MIN = 3;

/** Writes a list of objects as a line of column names and a line for each. `undefined` where it isn't a table. */
export function writeTable(rows: readonly JsonValue[], affixes: boolean): readonly string[] | undefined {
  if (rows.length < ROWS_MIN) return undefined;
  const table = columnsOf(rows);
  if (!table) return undefined;
  const headings = table.columns.map((column) => headingOf(column, affixes));
  const written = table.columns.flatMap(({ values }, at) => {
    const heading = headings[at];
    return heading && heading.constant === undefined ? [{ values, heading }] : [];
  });
  const lines = [writeHeadings(headings)];
  let fitting = 0;
  for (let row = 0; row < rows.length; row += 1) {
    const misfit = table.misfits.get(row);
    if (misfit !== undefined) {
      lines.push(MISFIT + writeJson(misfit));
      continue;
    }
    lines.push(written.map(({ values, heading }) => writeValue(values[fitting], heading)).join(SEPARATOR));
    fitting += 1;
  }
  return lines;
}

function writeValue(value: JsonValue | undefined, { isText, affix }: Heading): string {
  if (!affix || typeof value !== 'string') return writeCell(value, isText);
  return writeCell(value.slice(affix.prefix.length, value.length - affix.suffix.length), true);
}

/** Reads what `writeTable` wrote. */
export function readTable([head = '', ...lines]: readonly string[]): readonly JsonValue[] {
  const headings = readHeadings(head);
  const paths = headings.map(({ path }) => path);
  const written = headings.filter(({ constant }) => constant === undefined);
  return lines.map((line) => {
    if (line.startsWith(MISFIT)) return new JsonReader(line, MISFIT.length).whole();
    const cells = written.length === 0 ? [] : splitCells(line);
    if (cells.length !== written.length)
      throw new TypeError('A row has another number of cells than there are columns.');
    let at = 0;
    const values = headings.map((heading) => heading.constant ?? readValue(cells[at++] ?? '', heading));
    return assembled(paths, values);
  });
}

function readValue(cell: string, { isText, affix }: Heading): JsonValue | undefined {
  const value = readCell(cell, isText);
  return affix && typeof value === 'string' ? affix.prefix + value + affix.suffix : value;
}

import { isList, isRecord, type JsonRecord, type JsonValue } from '../json-value.ts';

/** The way to a value in a row: keys, and places in lists. */
export type Path = readonly (string | number)[];

/** All values that stand at one place of the rows; `undefined` for rows that have none there. */
export interface Column {
  readonly path: Path;
  readonly values: (JsonValue | undefined)[];
}

/** Rows by their columns. Rows that don't fit are kept whole, by their place. */
export interface Columns {
  readonly columns: readonly Column[];
  readonly rowCount: number;
  readonly misfits: ReadonlyMap<number, JsonValue>;
}

const COLUMNS_MAX = 256;
/** Places are columns and what only holds columns. */
const PLACES_MAX = 2 * COLUMNS_MAX;
const DEPTH_MAX = 6;
/** Longer lists of objects in a row stay JSON. */
const UNFOLDED_MAX = 4;
/** A table in which more rows than this don't fit is none. */
const MISFITS_SHARE_MAX = 0.2;

/** A place of the rows: it may hold values itself, and have places within. */
interface Place {
  readonly key: string | number;
  readonly inside: Place[];
  column: Column | undefined;
}

/** Sorts the values of rows into columns, so that each row's keys keep their order. `undefined` where it isn't a table. */
export function columnsOf(rows: readonly JsonValue[]): Columns | undefined {
  const root: Place = { key: '', inside: [], column: undefined };
  const room = { places: PLACES_MAX };
  for (const row of rows) if (isRecord(row)) learn(root, entriesOf(row), { depth: 0, room });
  if (room.places < 0) return undefined;
  const misfits = new Map<number, JsonValue>();
  rows.forEach((row, at) => {
    if (!isRecord(row) || row.size === 0 || !fits(root, entriesOf(row), 0)) misfits.set(at, row);
  });
  const rowCount = rows.length - misfits.size;
  if (misfits.size > rows.length * MISFITS_SHARE_MAX) return undefined;
  let at = 0;
  rows.forEach((row, index) => {
    if (!misfits.has(index)) fill(root, entriesOf(row as JsonRecord), { depth: 0, row: at++ });
  });
  const columns = listed(root, []).filter(({ values }) => values.length > 0);
  if (columns.length === 0 || columns.length > COLUMNS_MAX) return undefined;
  for (const { values } of columns) while (values.length < rowCount) values.push(undefined);
  return { columns, rowCount, misfits };
}

type Entry = readonly [key: string | number, value: JsonValue];

function entriesOf(record: JsonRecord): readonly Entry[] {
  return [...record];
}

/** What of a value becomes columns of its own. */
function unfolded(value: JsonValue, depth: number): readonly Entry[] | undefined {
  if (depth >= DEPTH_MAX) return undefined;
  if (isRecord(value)) return value.size > 0 ? entriesOf(value) : undefined;
  if (!isList(value) || value.length === 0 || value.length > UNFOLDED_MAX) return undefined;
  return value.every((item) => isRecord(item) && item.size > 0)
    ? value.map((item, at) => [at, item] as const)
    : undefined;
}

interface Depth {
  readonly depth: number;
  readonly room: { places: number };
}

/** Adds the places of a row, new ones behind those that stand before them in the row. Stops when there are too many. */
function learn(place: Place, entries: readonly Entry[], { depth, room }: Depth): void {
  let after = -1;
  for (const [key, value] of entries) {
    if (room.places < 0) return;
    let at = place.inside[after + 1]?.key === key ? after + 1 : place.inside.findIndex((inside) => inside.key === key);
    if (at === -1) {
      at = after + 1;
      room.places -= 1;
      place.inside.splice(at, 0, { key, inside: [], column: undefined });
    }
    after = Math.max(after, at);
    const within = unfolded(value, depth + 1);
    const next = place.inside[at];
    if (within && next) learn(next, within, { depth: depth + 1, room });
  }
}

/** Whether a row's keys stand in the order of the places. */
function fits(place: Place, entries: readonly Entry[], depth: number): boolean {
  let from = 0;
  for (const [key, value] of entries) {
    while (from < place.inside.length && place.inside[from]?.key !== key) from += 1;
    const next = place.inside[from];
    if (!next) return false;
    const within = unfolded(value, depth + 1);
    if (within && !fits(next, within, depth + 1)) return false;
    from += 1;
  }
  return true;
}

function fill(place: Place, entries: readonly Entry[], at: { readonly depth: number; readonly row: number }): void {
  let from = 0;
  for (const [key, value] of entries) {
    while (place.inside[from]?.key !== key) from += 1;
    const next = place.inside[from];
    if (!next) return;
    const within = unfolded(value, at.depth + 1);
    if (within) fill(next, within, { depth: at.depth + 1, row: at.row });
    else {
      next.column ??= { path: [], values: [] };
      while (next.column.values.length < at.row) next.column.values.push(undefined);
      next.column.values.push(value);
    }
    from += 1;
  }
}

function listed(place: Place, path: Path): Column[] {
  return place.inside.flatMap((inside) => {
    const within = [...path, inside.key];
    const own = inside.column ? [{ path: within, values: inside.column.values }] : [];
    return [...own, ...listed(inside, within)];
  });
}

/** Puts a row together again from the columns' values. */
export function assembled(paths: readonly Path[], values: readonly (JsonValue | undefined)[]): JsonValue {
  const row = new Map<string, JsonValue>();
  paths.forEach((path, at) => {
    const value = values[at];
    if (value !== undefined) put(row, path, value);
  });
  return row;
}

type Open = Map<string, JsonValue> | JsonValue[];

function put(row: Open, path: Path, value: JsonValue): void {
  let open = row;
  path.forEach((key, at) => {
    const following = path[at + 1];
    if (following === undefined) place(open, key, value);
    else {
      const known = Array.isArray(open) ? open[key as number] : open.get(String(key));
      const next = known ?? (typeof following === 'number' ? [] : new Map<string, JsonValue>());
      if (known === undefined) place(open, key, next);
      open = next as Open;
    }
  });
}

function place(open: Open, key: string | number, value: JsonValue): void {
  if (Array.isArray(open)) open[key as number] = value;
  else open.set(String(key), value);
}

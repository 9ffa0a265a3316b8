// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A text that a terminal only shows: what it might obey is left out, save for line ends and tabs. */
export function shownText(text: string): string {
  return text.replace(CONTROL, '');
}

/** The same in one line. */
export function oneLine(text: string): string {
  return shownText(text.replaceAll(/\s+/g, ' ')).trim();
}

/** Rows with their columns below each other. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => shownText(cell).padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Fields with their values, a row each. */
export function fieldRows(fields: object): string {
  return columns(Object.entries(fields).map(([name, value]) => [name, valueText(value)]));
}

function valueText(value: unknown): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(valueText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

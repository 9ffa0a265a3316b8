import type { LogLine } from './log-lines.ts';
import type { Template } from './templates.ts';

/** How gaps and separators are written; chosen so that the log itself has nothing that looks like them. */
export interface Marks {
  readonly open: string;
  readonly close: string;
  readonly separator: string;
}

const BRACKETS = ['<>', '{}', '⟨⟩'];
const SEPARATORS = ['|', ';', '~', '^', '\t'];

/** Marks that can't be mistaken for something of the log. `undefined` if it has everything. */
export function marksFor(text: string, templates: readonly Template[]): Marks | undefined {
  const pair = BRACKETS.find(([open = '', close = '']) => !gapPattern({ open, close }).test(text));
  const values = templates.flatMap(({ values: columns }) => columns.flat());
  const separator = SEPARATORS.find((mark) => !values.some((value) => value.includes(mark)));
  const [open, close] = pair ?? '';
  return open !== undefined && close !== undefined && separator !== undefined ? { open, close, separator } : undefined;
}

/** Finds gaps in a template. */
export function gapPattern({ open, close }: Pick<Marks, 'open' | 'close'>): RegExp {
  return new RegExp(`\\${open}(t|\\d{1,2})\\${close}`.replace(/\\([⟨⟩])/g, '$1'), 'g');
}

/** Writes a template, its gaps marked. */
export function writeTemplate({ texts, gaps }: Template, { open, close }: Marks): string {
  return texts.map((text, at) => text + gapMark(gaps[at], open, close)).join('');
}

function gapMark(gap: 'time' | number | undefined, open: string, close: string): string {
  if (gap === undefined) return '';
  return open + (gap === 'time' ? 't' : String(gap + 1)) + close;
}

/** Writes the lines in order: the template's number and its values, or the line itself behind a separator. */
export function writeLines(
  texts: readonly string[],
  lines: readonly LogLine[],
  templates: readonly Template[],
  { separator }: Marks,
): string[] {
  const written = texts.map((text) => (text === '' ? '' : separator + text));
  const place = new Map(templates.flatMap((template, number) => template.at.map((at, row) => [at, { number, row }])));
  let timeBefore = '';
  for (let at = 0; at < texts.length; at += 1) {
    const { number, row } = place.get(at) ?? {};
    const template = number === undefined ? undefined : templates[number];
    if (number === undefined || row === undefined || !template) continue;
    const cells = template.values.map((values) =>
      row > 0 && values[row] === values[row - 1] ? '' : (values[row] ?? ''),
    );
    const time = lines[at]?.time;
    if (template.hasTime && time !== undefined) {
      cells.unshift(shortTime(time, timeBefore));
      timeBefore = time;
    }
    written[at] = [String(number + 1), ...withoutEmptyEnd(cells)].join(separator);
  }
  return written;
}

function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  let end = cells.length;
  while (end > 0 && cells[end - 1] === '') end -= 1;
  return cells.slice(0, end);
}

const WHOLE_TIME = '=';

/** The end of a time, from where it differs from the one before; all of it behind a mark where lengths differ. */
function shortTime(time: string, before: string): string {
  if (time === before) return '';
  if (time.length !== before.length) return WHOLE_TIME + time;
  let at = 0;
  while (time[at] === before[at]) at += 1;
  while (at > 0 && /\d/.test(time[at - 1] ?? '')) at -= 1;
  return time.slice(at);
}

/** The time that was shortened. */
export function wholeTime(short: string, before: string): string {
  if (short.startsWith(WHOLE_TIME)) return short.slice(WHOLE_TIME.length);
  return before.slice(0, before.length - short.length) + short;
}

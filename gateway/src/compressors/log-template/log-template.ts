import type { Compressor } from '../contract.ts';
import { type Marks, marksFor, writeLines, writeTemplate } from './folded.ts';
import { isLog, readLine } from './log-lines.ts';
import { templatesOf } from './templates.ts';
import { readLines } from './unfolded.ts';

const LINES_MIN = 8;
const LINES_MAX = 50_000;
/** A log with longer lines than this is something else. */
const LINE_CHARS_MAX = 10_000;

/**
 * Writes each kind of line of a log once, and of the lines only what differs, in their order, however they are mixed.
 * Gives back every character.
 */
export const logTemplate: Compressor = {
  id: 'log-template',
  loss: 'none',
  compress(text) {
    const texts = text.split('\n');
    if (texts.length < LINES_MIN || texts.length > LINES_MAX) return undefined;
    if (texts.some(({ length }) => length > LINE_CHARS_MAX) || !isLog(texts)) return undefined;
    const lines = texts.map(readLine);
    const templates = templatesOf(lines);
    const marks = marksFor(text, templates);
    if (templates.length === 0 || !marks) return undefined;
    return [
      firstLine(templates.length, marks),
      ...templates.map((template) => writeTemplate(template, marks)),
      ...writeLines(texts, lines, templates, marks),
    ].join('\n');
  },
  restore(compressed) {
    const [first = '', ...rest] = compressed.split('\n');
    const found = FIRST_LINE.exec(first);
    if (!found) throw new TypeError('This was not written by log-template.');
    const { count, separator = '', open = '', close = '' } = found.groups ?? {};
    const templates = rest.slice(0, Number(count));
    return readLines(templates, rest.slice(Number(count)), { separator, open, close }).join('\n');
  },
};

function firstLine(count: number, { separator: s, open, close }: Marks): string {
  return `[Log, folded: ${count} line templates, then each line as template number${s}time${s}values for ${open}t${close} ${open}1${close} …; no value: as in the template's last line; short time: begins like the last; ${s} first: the line itself]`;
}

const FIRST_LINE =
  /^\[Log, folded: (?<count>\d{1,3}) line templates, then each line as template number(?<separator>.)time\k<separator>values for (?<open>.)t(?<close>.) \k<open>1\k<close> …; no value: as in the template's last line; short time: begins like the last; \k<separator> first: the line itself\]$/;

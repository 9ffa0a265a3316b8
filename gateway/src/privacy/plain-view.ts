/**
 * A text as a reader sees it: without invisible characters, full-width letters as plain ones, escapes undone. Detectors
 * look at the view; what they find is a span of the text itself, so nothing but the found piece is ever changed.
 */
export interface View {
  readonly text: string;
  /** Where in the original text a place of the view is. `end` says that the place closes a span. */
  readonly original: (at: number, end?: boolean) => number;
}

const INVISIBLE = '\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufe00-\\ufe0f\\ufeff';
const WIDE = '\\uff01-\\uff5e';
const SPACES = '\\u00a0\\u2000-\\u200a\\u202f\\u205f\\u3000';
const DASHES = '\\u2010-\\u2015\\u2212';
const ODD = new RegExp(
  `[${INVISIBLE}${WIDE}${SPACES}${DASHES}]|\\\\(?:u[0-9a-fA-F]{4}|[nrtbf"/\\\\])|%(?:40|3A|2B|20)|&(?:#64|#x40|commat);`,
  'gi',
);
const JSON_ESCAPE = /\\(?:u[0-9a-fA-F]{4}|.)/gs;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
const INVISIBLE_ONLY = new RegExp(`[${INVISIBLE}]`);
const DASH = new RegExp(`[${DASHES}]`);
const SPACE = new RegExp(`[${SPACES}]`);

/** The view of a plain text. */
export function plainView(text: string): View {
  return viewOf(text, ODD, plainOf);
}

/** The view of JSON text: escapes in its strings undone, nothing else. */
export function jsonView(text: string): View {
  return viewOf(text, JSON_ESCAPE, unescaped);
}

function plainOf(odd: string): string {
  if (odd.startsWith('\\')) return unescaped(odd);
  if (odd.startsWith('%')) return decodeURIComponent(odd);
  if (odd.startsWith('&')) return '@';
  if (INVISIBLE_ONLY.test(odd)) return '';
  if (SPACE.test(odd)) return ' ';
  if (DASH.test(odd)) return '-';
  return String.fromCharCode(odd.charCodeAt(0) - 0xfee0);
}

function unescaped(escape: string): string {
  const letter = escape.charAt(1);
  if (letter === 'u' && escape.length === 6) return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
  return ESCAPES[letter] ?? letter;
}

function viewOf(text: string, odd: RegExp, plain: (odd: string) => string): View {
  /** Where the view and the text part: places in both, behind each thing that was made plain. */
  const viewAts: number[] = [0];
  const textAts: number[] = [0];
  let view = '';
  let from = 0;
  for (const { 0: said, index } of text.matchAll(odd)) {
    const meant = plain(said);
    if (meant === said) continue;
    view += text.slice(from, index);
    // The place before it counts too, so that a span may begin with it.
    viewAts.push(view.length);
    textAts.push(index);
    view += meant;
    from = index + said.length;
    viewAts.push(view.length);
    textAts.push(from);
  }
  if (from === 0) return { text, original: (at) => at };
  return {
    text: view + text.slice(from),
    original: (at, end = false) => {
      const mark = end ? firstMark(viewAts, at) : lastMark(viewAts, at);
      return (textAts[mark] ?? 0) + at - (viewAts[mark] ?? 0);
    },
  };
}

/** The last mark that isn't behind a place. */
function lastMark(marks: readonly number[], at: number): number {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first of the marks at the very place, or the last before it: a span ends before what can't be seen. */
function firstMark(marks: readonly number[], at: number): number {
  let mark = lastMark(marks, at);
  while (mark > 0 && marks[mark - 1] === at) mark -= 1;
  return mark;
}

import { isWord, type LogLine } from './log-lines.ts';

/** Lines that say the same but for some values. */
export interface Template {
  /** What stands between the time and the values; the first piece is before the first of them. */
  readonly texts: readonly string[];
  /** What fills each gap: the time, or a value by its number. Several gaps may hold the same value. */
  readonly gaps: readonly ('time' | number)[];
  readonly hasTime: boolean;
  /** Values by number, then by line. */
  readonly values: readonly (readonly string[])[];
  /** The lines by their place in the log. */
  readonly at: readonly number[];
}

/** Fewer lines than this are written as they are. */
const LINES_MIN = 3;
const VALUES_MAX = 40;
const TEMPLATES_MAX = 400;
/** Share of its words in which a line may differ from the others of a template that only few lines follow. */
const UNLIKE_SHARE_MAX = 0.5;
/** How many templates of one shape a lonely line is compared with. */
const COMPARED_MAX = 20;
/** How far into values it is looked for what they begin or end with. */
const ALIKE_CHARS_MAX = 64;

interface Group {
  readonly first: LogLine;
  readonly lines: LogLine[];
  readonly at: number[];
}

/** Finds the templates of a log: lines with equal words where words have no digit; then those with few lines by likeness. */
export function templatesOf(lines: readonly LogLine[]): Template[] {
  const groups = new Map<string, Group>();
  lines.forEach((line, at) => {
    if (line.pieces.length > 0) add(groups, keyOf(line), line, at);
  });
  const whole = [...groups.values()];
  const large = whole.filter((group) => group.lines.length >= LINES_MIN);
  const lonely = whole.filter((group) => group.lines.length < LINES_MIN);
  return [...large, ...joined(lonely)]
    .slice(0, TEMPLATES_MAX)
    .map(templateOf)
    .filter((template) => template !== undefined)
    .sort((one, other) => (one.at[0] ?? 0) - (other.at[0] ?? 0));
}

function add(groups: Map<string, Group>, key: string, line: LogLine, at: number): void {
  const group = groups.get(key);
  if (!group) groups.set(key, { first: line, lines: [line], at: [at] });
  else {
    group.lines.push(line);
    group.at.push(at);
  }
}

function keyOf({ pieces, timeAt }: LogLine): string {
  return `${timeAt} ${pieces.map((piece) => (/\d/.test(piece) ? '\0' : piece)).join('\u0001')}`;
}

/** What stands between the words, with a mark for each word. */
function shapeOf({ pieces, timeAt }: LogLine): string {
  return `${timeAt} ${pieces.map((piece) => (isWord(piece) ? '\0' : piece)).join('\u0001')}`;
}

function joined(lonely: readonly Group[]): Group[] {
  const shapes = new Map<string, Group[]>();
  for (const { first, lines, at } of lonely) {
    const shape = shapeOf(first);
    const known = shapes.get(shape) ?? [];
    shapes.set(shape, known);
    const like = known.slice(-COMPARED_MAX).find((group) => isLike(group.first, first));
    if (!like) known.push({ first, lines: [...lines], at: [...at] });
    else {
      like.lines.push(...lines);
      like.at.push(...at);
    }
  }
  const found = [...shapes.values()].flat().filter((group) => group.lines.length >= LINES_MIN);
  return found.map(inOrder);
}

function inOrder({ first, lines, at }: Group): Group {
  const places = at.map((_, index) => index).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0));
  return {
    first,
    lines: places.flatMap((index) => lines[index] ?? []),
    at: places.flatMap((index) => at[index] ?? []),
  };
}

function isLike(one: LogLine, other: LogLine): boolean {
  let words = 0;
  let unlike = 0;
  one.pieces.forEach((piece, at) => {
    if (!isWord(piece)) return;
    words += 1;
    if (piece !== other.pieces[at]) unlike += 1;
  });
  return unlike <= words * UNLIKE_SHARE_MAX;
}

function templateOf({ first, lines, at }: Group): Template | undefined {
  const texts = [''];
  const gaps: ('time' | number)[] = [];
  const values: string[][] = [];
  const known = new Map<string, number>();
  const say = (text: string): void => void (texts[texts.length - 1] += text);
  first.pieces.forEach((piece, place) => {
    if (place === first.timeAt) gaps.push('time');
    else if (lines.every(({ pieces }) => pieces[place] === piece)) return say(piece);
    else {
      const { prefix, cut, suffix } = alike(lines.map(({ pieces }) => pieces[place] ?? ''));
      say(prefix);
      gaps.push(numberOf(cut, values, known));
      texts.push(suffix);
      return;
    }
    texts.push('');
  });
  if (values.length > VALUES_MAX) return undefined;
  return { texts, gaps, hasTime: first.timeAt >= 0, values, at };
}

/** The number of a list of values; one that has been there before keeps its number. */
function numberOf(cut: string[], values: string[][], known: Map<string, number>): number {
  const key = cut.join('\n');
  const number = known.get(key) ?? values.length;
  if (number === values.length) {
    known.set(key, number);
    values.push(cut);
  }
  return number;
}

/** What values may begin with alike: it says a word and ends with a mark, as `blk_` does. Numbers stay whole. */
const BEGINNING = /^(?=.*\p{L}).*[^\p{L}\p{N}]/u;
const ENDING = /[^\p{L}\p{N}](?=.*\p{L}).*$/u;

/** Takes off what all values begin and end with, if that is a word and a mark; at least a character of each stays. */
function alike(values: readonly string[]): {
  readonly prefix: string;
  readonly cut: string[];
  readonly suffix: string;
} {
  const [first = '', ...others] = values;
  let from = Math.min(first.length, ALIKE_CHARS_MAX);
  let to = from;
  let shortest = first.length;
  for (const value of others) {
    shortest = Math.min(shortest, value.length);
    while (!value.startsWith(first.slice(0, from))) from -= 1;
    while (!value.endsWith(first.slice(first.length - to))) to -= 1;
  }
  const prefix = BEGINNING.exec(first.slice(0, from))?.[0] ?? '';
  const suffix = ENDING.exec(first.slice(first.length - to))?.[0] ?? '';
  const ending = prefix.length + suffix.length < shortest ? suffix : '';
  const beginning = prefix.length < shortest ? prefix : '';
  return {
    prefix: beginning,
    cut: values.map((value) => value.slice(beginning.length, value.length - ending.length)),
    suffix: ending,
  };
}

/** A line of a log, taken apart. */
export interface LogLine {
  /** Words and what stands between them, in turns; the time is among the words, as an empty one. */
  readonly pieces: readonly string[];
  /** The time as it was written, and its place among the pieces. */
  readonly time: string | undefined;
  readonly timeAt: number;
}

/** Times as logs write them, without a zone or a year at the end: those are the same in all lines. */
const TIME = new RegExp(
  [
    String.raw`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`,
    String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?`,
    String.raw`\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d`,
    String.raw`\d\d[-/.]\d\d[-/.]\d{2,4} \d\d:\d\d:\d\d(?:[.,]\d{1,9})?`,
    String.raw`\b\d{6} \d{6}\b`,
    String.raw`\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`,
    String.raw`\b1[5-9]\d{8}(?:\.\d{1,9})?\b`,
  ].join('|'),
);
const LEVEL = /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)\b/i;
/** How far into a line its time or level is looked for. */
const HEAD_CHARS = 100;
/** Share of the lines that must look like those of a log. */
const LOG_SHARE_MIN = 0.6;

const PIECE = /[^\s=,;:()[\]{}"'<>|/@#&?!*]+|[\s=,;:()[\]{}"'<>|/@#&?!*]+/g;
const WORD = /^[^\s=,;:()[\]{}"'<>|/@#&?!*]/;

/** Whether most lines begin with a time or a level. */
export function isLog(lines: readonly string[]): boolean {
  const said = lines.filter((line) => line.trim() !== '');
  const like = said.filter((line) => {
    const head = line.slice(0, HEAD_CHARS);
    return TIME.test(head) || LEVEL.test(head);
  });
  return like.length >= said.length * LOG_SHARE_MIN;
}

/** Takes a line apart. Joined, its pieces and the time are the line again. */
export function readLine(line: string): LogLine {
  const found = TIME.exec(line.slice(0, HEAD_CHARS));
  if (!found) return { pieces: line.match(PIECE) ?? [], time: undefined, timeAt: -1 };
  const [time] = found;
  const before = line.slice(0, found.index).match(PIECE) ?? [];
  const after = line.slice(found.index + time.length).match(PIECE) ?? [];
  return { pieces: [...before, '', ...after], time, timeAt: before.length };
}

/** Whether a piece can differ from line to line: words can. */
export function isWord(piece: string): boolean {
  return WORD.test(piece);
}

import { gapPattern, type Marks, wholeTime } from './folded.ts';

interface Reading {
  /** Texts and the names of the gaps, in turns. */
  readonly pieces: readonly string[];
  readonly hasTime: boolean;
  readonly valueCount: number;
  /** The values of its line before. */
  before: readonly string[];
}

/** Reads the lines of a log again from its templates. */
export function readLines(templates: readonly string[], lines: readonly string[], marks: Marks): string[] {
  const readings = templates.map((template) => readTemplate(template, marks));
  let timeBefore = '';
  return lines.map((line) => {
    if (line === '') return '';
    const [number = '', ...cells] = line.split(marks.separator);
    if (number === '') return line.slice(marks.separator.length);
    const reading = readings[Number(number) - 1];
    if (!reading) throw new TypeError('A line names no template.');
    if (reading.hasTime) timeBefore = wholeTime(cells.shift() ?? '', timeBefore);
    if (cells.length > reading.valueCount) throw new TypeError('A line has too many values.');
    const values = Array.from({ length: reading.valueCount }, (_, at) => cells[at] || (reading.before[at] ?? ''));
    reading.before = values;
    return reading.pieces
      .map((piece, at) => (at % 2 === 0 ? piece : piece === 't' ? timeBefore : (values[Number(piece) - 1] ?? '')))
      .join('');
  });
}

function readTemplate(template: string, marks: Marks): Reading {
  const pieces = template.split(gapPattern(marks));
  const gaps = pieces.filter((_, at) => at % 2 === 1);
  const numbers = gaps.filter((gap) => gap !== 't').map(Number);
  return { pieces, hasTime: gaps.includes('t'), valueCount: Math.max(0, ...numbers), before: [] };
}

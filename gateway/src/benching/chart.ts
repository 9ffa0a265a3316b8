import { placed, type Scale, scaleOf, tickText } from './chart-scale.ts';
import type { BenchTable, Cell } from './contract.ts';
import { safe } from './markup.ts';
import { shownCell } from './report-markdown.ts';

const WIDTH = 860;
/** More than that and there is no room for bars. */
const NAME_WIDTH_MAX = 400;
/** Of the letters of the page, a little more than they need. */
const LETTER_WIDTH = 7.5;
const VALUE_WIDTH = 70;
const ROW_HEIGHT = 20;
const AXIS_HEIGHT = 44;
const LEGEND_HEIGHT = 24;
const LINES_HEIGHT = 300;
const LINES_MARGIN = 70;
/** More series than colours begin with the first colour again. */
const COLOURS = 7;

type Chart = NonNullable<BenchTable['chart']>;
type Row = readonly Cell[];

/** The picture of a table as SVG; empty where it has none. */
export function chartOf(table: BenchTable): string {
  const { chart, rows, columns, title } = table;
  if (!chart || rows.length === 0) return '';
  const label = `${title}: ${columns[chart.value]?.name ?? ''}`;
  const { height, body } = chart.kind === 'lines' ? lines(table, chart) : bars(table, chart);
  return (
    `<svg role="img" viewBox="0 0 ${WIDTH} ${height}" aria-label="${safe(label)}">` +
    `<title>${safe(label)}</title>${body}</svg>`
  );
}

/** One bar below the other, from a line at zero: what is worth less than nothing goes to the left. */
function bars({ columns, rows }: BenchTable, { names, value }: Chart) {
  const scale = scaleOf(rows.map((row) => numberIn(row[value]) ?? 0));
  const named = rows.map((row) => names.map((index) => shownCell(row[index], columns[index])).join(', '));
  const left = Math.min(NAME_WIDTH_MAX, 16 + LETTER_WIDTH * Math.max(...named.map(({ length }) => length)));
  const wide = WIDTH - left - VALUE_WIDTH;
  const x = (of: number): number => left + scale.share(of) * wide;
  const high = rows.length * ROW_HEIGHT;
  const series = seriesOf(rows, names.at(-1) ?? 0);
  const drawn = rows.map((row, at) => {
    const end = x(numberIn(row[value]) ?? 0);
    const [from, to] = [Math.min(end, x(0)), Math.max(end, x(0))];
    const y = at * ROW_HEIGHT;
    return (
      text(left - 8, y + 14, named[at] ?? '', 'end') +
      `<rect class="${colour(series, row[names.at(-1) ?? 0])}" x="${placed(from)}" y="${y + 3}" ` +
      `width="${placed(to - from)}" height="${ROW_HEIGHT - 6}"/>` +
      text(to + 6, y + 14, shownCell(row[value], columns[value]), 'start')
    );
  });
  const grid = scale.ticks.map(
    (tick) =>
      `<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${placed(x(tick))}" y1="0" x2="${placed(x(tick))}" y2="${high}"/>` +
      text(x(tick), high + 16, tickText(tick), 'middle'),
  );
  const axis = text(left + wide / 2, high + 36, columns[value]?.name ?? '', 'middle');
  return { height: high + AXIS_HEIGHT, body: grid.join('') + drawn.join('') + axis };
}

/** A line for each name, over the values of another column, which lie equally far apart. */
function lines({ columns, rows }: BenchTable, { names: [name = 0, across = 1], value }: Chart) {
  const scale = scaleOf(rows.map((row) => numberIn(row[value]) ?? 0));
  const places = [...new Set(rows.map((row) => row[across]))];
  const step = (WIDTH - 2 * LINES_MARGIN) / Math.max(1, places.length - 1);
  const x = (row: Row): number => LINES_MARGIN + places.indexOf(row[across]) * step;
  const y = (of: number): number => LEGEND_HEIGHT + (1 - scale.share(of)) * LINES_HEIGHT;
  const series = seriesOf(rows, name);
  const drawn = series.map((one, at) => {
    const own = rows.filter((row) => row[name] === one && numberIn(row[value]) !== undefined);
    const points = own.map((row) => ({ x: placed(x(row)), y: placed(y(numberIn(row[value]) ?? 0)) }));
    const kind = colour(series, one);
    const path = `<polyline class="${kind}" points="${points.map((point) => `${point.x},${point.y}`).join(' ')}"/>`;
    const dots = points.map((point) => `<circle class="${kind}" cx="${point.x}" cy="${point.y}" r="4"/>`);
    const legend =
      `<rect class="${kind}" x="${LINES_MARGIN + at * 160}" y="2" width="12" height="12"/>` +
      text(LINES_MARGIN + at * 160 + 18, 13, shownCell(one, columns[name]), 'start');
    return path + dots.join('') + legend;
  });
  const bottom = LEGEND_HEIGHT + LINES_HEIGHT;
  const marks = places.map((place, at) =>
    text(LINES_MARGIN + at * step, bottom + 16, shownCell(place, columns[across]), 'middle'),
  );
  const titles =
    text(WIDTH / 2, bottom + 36, columns[across]?.name ?? '', 'middle') +
    text(WIDTH - 8, 13, columns[value]?.name ?? '', 'end');
  return { height: bottom + AXIS_HEIGHT, body: yGrid(scale, y) + drawn.join('') + marks.join('') + titles };
}

function yGrid({ ticks }: Scale, y: (of: number) => number): string {
  return ticks
    .map(
      (tick) =>
        `<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${LINES_MARGIN}" y1="${placed(y(tick))}" ` +
        `x2="${WIDTH - LINES_MARGIN}" y2="${placed(y(tick))}"/>` +
        text(LINES_MARGIN - 8, y(tick) + 4, tickText(tick), 'end'),
    )
    .join('');
}

function seriesOf(rows: readonly Row[], name: number): readonly Cell[] {
  return [...new Set(rows.map((row) => row[name]))];
}

function colour(series: readonly Cell[], one: Cell): string {
  return `colour${series.indexOf(one) % COLOURS}`;
}

function numberIn(cell: Cell): number | undefined {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : undefined;
}

function text(x: number, y: number, said: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${placed(x)}" y="${placed(y)}" text-anchor="${anchor}">${safe(said)}</text>`;
}

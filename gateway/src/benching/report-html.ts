import type { BenchReport, BenchTable } from './contract.ts';
import { shownCell } from './report-markdown.ts';

const STYLE = `
:root { color-scheme: light dark; --bar: #3b6fd4; --line: #8886; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; } svg text { fill: currentColor; font-size: 12px; } rect { fill: var(--bar); }
line { stroke: currentColor; }`;

/** A report as one page that asks nobody for anything: tables, and a chart for each. */
export function htmlReport({ scenario, facts, tables, remarks, isCut }: BenchReport): string {
  const said = Object.entries(facts).map(([name, value]) => `<li>${safe(name)}: ${safe(String(value))}</li>`);
  const notes = [...remarks, ...(isCut ? ['This run was ended early.'] : [])].map((note) => `<li>${safe(note)}</li>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${safe(scenario)}</title><style>${STYLE}</style></head>
<body><h1>${safe(scenario)}</h1><ul>${said.join('')}</ul>
${tables.map((table) => `<h2>${safe(table.title)}</h2>${chart(table)}${htmlTable(table)}`).join('\n')}
<ul>${notes.join('')}</ul></body></html>
`;
}

function htmlTable({ columns, rows }: BenchTable): string {
  const kind = (at: number): string => (columns[at]?.digits === undefined ? '' : ' class="number"');
  const heads = columns.map(({ name }, at) => `<th${kind(at)}>${safe(name)}</th>`).join('');
  const lines = rows.map(
    (row) => `<tr>${row.map((cell, at) => `<td${kind(at)}>${safe(shownCell(cell, columns[at]))}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${heads}</tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

const ROW_HEIGHT = 20;
const NAME_WIDTH = 260;
const BAR_WIDTH = 480;
const VALUE_WIDTH = 80;

/** Bars from a line at zero: what is worth less than nothing goes to the left. */
function chart({ title, columns, rows, chart: shown }: BenchTable): string {
  if (!shown || rows.length === 0) return '';
  const values = rows.map((row) => (typeof row[shown.value] === 'number' ? Number(row[shown.value]) : 0));
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const scale = most === least ? 0 : BAR_WIDTH / (most - least);
  const zero = NAME_WIDTH - least * scale;
  const column = columns[shown.value];
  const bars = rows.map((row, at) => {
    const value = values[at] ?? 0;
    const y = at * ROW_HEIGHT;
    const name = shown.names.map((index) => shownCell(row[index], columns[index])).join(', ');
    const x = Math.min(zero, zero + value * scale);
    const width = Math.abs(value * scale);
    return (
      `<text x="${NAME_WIDTH - 8}" y="${y + 14}" text-anchor="end">${safe(name)}</text>` +
      `<rect x="${round(x)}" y="${y + 3}" width="${round(width)}" height="${ROW_HEIGHT - 6}"/>` +
      `<text x="${round(x + width + 6)}" y="${y + 14}">${safe(shownCell(row[shown.value], column))}</text>`
    );
  });
  const [wide, high] = [NAME_WIDTH + BAR_WIDTH + VALUE_WIDTH, rows.length * ROW_HEIGHT];
  const label = `${title}: ${column?.name ?? ''}`;
  return (
    `<svg role="img" viewBox="0 0 ${wide} ${high}" aria-label="${safe(label)}"><title>${safe(label)}</title>` +
    `<line x1="${round(zero)}" y1="0" x2="${round(zero)}" y2="${high}"/>${bars.join('')}</svg>`
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function safe(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

import { chartOf } from './chart.ts';
import type { BenchReport, BenchTable } from './contract.ts';
import { safe } from './markup.ts';
import { endings, shownCell } from './report-markdown.ts';

/** Colours that people who see few of them tell apart, for light and dark pages. */
const LIGHT = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9', '#5f6368'];
const DARK = ['#56b4e9', '#ff9e4a', '#2fd6a3', '#f0a6cf', '#e6c84b', '#8ecbff', '#b0b4b8'];
const colours = (of: readonly string[]): string => of.map((colour, at) => `--colour${at}: ${colour};`).join(' ');
const classes = LIGHT.map(
  (_, at) =>
    `rect.colour${at}, circle.colour${at} { fill: var(--colour${at}); } polyline.colour${at} { stroke: var(--colour${at}); }`,
);

const STYLE = `
:root { color-scheme: light dark; --line: #8886; ${colours(LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${colours(DARK)} } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
div { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; } svg text { fill: currentColor; font-size: 12px; }
line.grid { stroke: var(--line); } line.zero { stroke: currentColor; } polyline { fill: none; stroke-width: 2; }
${classes.join('\n')}`;

/** A report as one page that asks nobody for anything: tables, and a chart for each. */
export function htmlReport(report: BenchReport): string {
  const { scenario, facts, tables, remarks } = report;
  const said = Object.entries(facts).map(([name, value]) => `<li>${safe(name)}: ${safe(String(value))}</li>`);
  const notes = [...remarks, ...endings(report)].map((note) => `<li>${safe(note)}</li>`);
  const parts = tables.map((table) => `<h2>${safe(table.title)}</h2>${chartOf(table)}<div>${htmlTable(table)}</div>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${safe(scenario)}</title><style>${STYLE}</style></head>
<body><h1>${safe(scenario)}</h1>
<ul>${notes.join('')}</ul>
${parts.join('\n')}
<ul>${said.join('')}</ul></body></html>
`;
}

function htmlTable({ columns, rows }: BenchTable): string {
  const kind = (at: number): string => (columns[at]?.digits === undefined ? '' : ' class="number"');
  const heads = columns.map(({ name }, at) => `<th scope="col"${kind(at)}>${safe(name)}</th>`).join('');
  const lines = rows.map(
    (row) => `<tr>${row.map((cell, at) => `<td${kind(at)}>${safe(shownCell(cell, columns[at]))}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${heads}</tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

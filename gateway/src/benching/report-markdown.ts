import type { BenchReport, BenchTable, Cell, Column } from './contract.ts';

/** A report as Markdown. */
export function markdownReport(report: BenchReport): string {
  const { scenario, facts, tables, remarks } = report;
  const parts = [
    `# ${scenario}`,
    Object.entries(facts)
      .map(([name, value]) => `- ${plain(name)}: ${plain(String(value))}`)
      .join('\n'),
    ...tables.map((table) => `## ${plain(table.title)}\n\n${markdownTable(table)}`),
    remarks.map((remark) => `- ${plain(remark)}`).join('\n'),
    ...endings(report).map(plain),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What has to be known before the tables are believed. */
export function endings({ isCut, problem }: Pick<BenchReport, 'isCut' | 'problem'>): readonly string[] {
  return [
    ...(isCut ? ['This run was ended early: the tables hold what there was until then.'] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
}

function markdownTable({ columns, rows }: BenchTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const heads = columns.map(({ name }) => plain(name));
  const rule = columns.map(({ digits }) => (digits === undefined ? '---' : '--:'));
  return [heads, rule, ...rows.map((row) => row.map((cell, at) => plain(shownCell(cell, columns[at]))))]
    .map(line)
    .join('\n');
}

/** A cell as people read it. */
export function shownCell(cell: Cell, column: Column | undefined): string {
  if (cell === undefined) return '–';
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return '–';
  const text = cell.toFixed(column?.digits ?? 0);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Names come from callers: nothing of them is markup. */
function plain(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|]/g, (mark) => `\\${mark}`);
}

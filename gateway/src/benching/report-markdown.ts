import type { BenchReport, BenchTable, Cell, Column } from './contract.ts';

/** A report as Markdown. */
export function markdownReport({ scenario, facts, tables, remarks, isCut }: BenchReport): string {
  const parts = [
    `# ${scenario}`,
    Object.entries(facts)
      .map(([name, value]) => `- ${plain(name)}: ${plain(String(value))}`)
      .join('\n'),
    ...tables.map((table) => `## ${table.title}\n\n${markdownTable(table)}`),
    remarks.map((remark) => `- ${remark}`).join('\n'),
    ...(isCut ? ['This run was ended early: the tables hold what there was until then.'] : []),
  ];
  return `${parts.join('\n\n')}\n`;
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
  return typeof cell === 'number' ? cell.toFixed(column?.digits ?? 0) : cell;
}

/** Names come from callers: nothing of them is markup. */
function plain(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|]/g, (mark) => `\\${mark}`);
}

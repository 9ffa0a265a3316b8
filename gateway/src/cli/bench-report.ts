import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BenchReport } from '../benching/contract.ts';
import { htmlReport } from '../benching/report-html.ts';
import { markdownReport, shownCell } from '../benching/report-markdown.ts';
import { printJson } from './gateway-command.ts';
import { columns } from './plain-text.ts';
import type { World } from './world.ts';

/** How a report is told. */
export interface ReportOptions {
  readonly json?: boolean;
  readonly format: 'text' | 'json' | 'markdown' | 'html';
  readonly output?: string;
  /** What the original called `output`. */
  readonly outputDir?: string;
}

/** Prints a report, and writes it to a folder in all its forms if one was named. */
export function tellReport(
  report: BenchReport,
  { json, format, outputDir, output = outputDir }: ReportOptions,
  world: World,
): void {
  if (output !== undefined) keep(report, resolve(world.io.cwd(), output), world);
  const form = json === true ? 'json' : format;
  if (form === 'json') return printJson(world, report);
  world.io.stdout(form === 'markdown' ? markdownReport(report) : form === 'html' ? htmlReport(report) : text(report));
}

function text({ tables, remarks, isCut }: BenchReport): string {
  const parts = tables.map(
    ({ title, columns: heads, rows }) =>
      `${title}\n\n${columns([heads.map(({ name }) => name), ...rows.map((row) => row.map((cell, at) => shownCell(cell, heads[at])))])}`,
  );
  const notes = [...remarks, ...(isCut ? ['This run was ended early.'] : [])];
  return `${parts.join('\n')}\n${notes.map((note) => `${note}\n`).join('')}`;
}

function keep(report: BenchReport, folder: string, { io }: World): void {
  mkdirSync(folder, { recursive: true });
  const name = join(folder, report.scenario);
  writeFileSync(`${name}.json`, `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(`${name}.md`, markdownReport(report));
  writeFileSync(`${name}.html`, htmlReport(report));
  io.stderr(`Written to ${name}.json, .md and .html\n`);
}

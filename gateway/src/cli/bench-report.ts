import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join, resolve } from 'node:path';
import type { BenchReport, TakenReport } from '../benching/contract.ts';
import { htmlReport } from '../benching/report-html.ts';
import { jsonReport } from '../benching/report-json.ts';
import { endings, markdownReport, shownCell } from '../benching/report-markdown.ts';
import { packageVersion } from '../version.ts';
import { columns, shownText } from './plain-text.ts';
import type { World } from './world.ts';

/** How a report is told. */
export interface ReportOptions {
  readonly json?: boolean;
  readonly format: keyof typeof FORMS;
  readonly output?: string;
  /** What the original called `output`. */
  readonly outputDir?: string;
}

const FORMS = {
  text: plainReport,
  json: (report: TakenReport) => `${JSON.stringify(jsonReport(report), undefined, 2)}\n`,
  markdown: markdownReport,
  html: htmlReport,
};
const FILES = [
  ['json', FORMS.json],
  ['md', FORMS.markdown],
  ['html', FORMS.html],
] as const;

/** Prints a report, and writes it to a folder in all its forms if one was named. */
export function tellReport(report: BenchReport, startedMs: number, options: ReportOptions, world: World): void {
  const { json, format, outputDir, output = outputDir } = options;
  const endedMs = world.nowMs();
  const taken = { ...report, facts: { ...report.facts, ...circumstances(world, startedMs, endedMs) } };
  const whole = { ...taken, startedMs, endedMs };
  if (output !== undefined) keep(whole, resolve(world.io.cwd(), output), world);
  const text = FORMS[json === true ? 'json' : format](whole);
  world.io.stdout(world.isTerminal ? shownText(text) : text);
}

/** A number from another machine, or another version, is another number. */
function circumstances({ nodeVersion }: World, startedMs: number, endedMs: number): BenchReport['facts'] {
  const cores = cpus();
  return {
    'taken at': new Date(startedMs).toISOString(),
    'seconds it took': Math.round((endedMs - startedMs) / 100) / 10,
    version: packageVersion(),
    machine: `${cores[0]?.model.trim() ?? 'unknown CPU'}, ${cores.length} cores; ${platform()} ${arch()}; Node ${nodeVersion}`,
  };
}

function plainReport(report: TakenReport): string {
  const { tables, remarks, facts } = report;
  const parts = tables.map(
    ({ title, columns: heads, rows }) =>
      `${title}\n\n${columns([heads.map(({ name }) => name), ...rows.map((row) => row.map((cell, at) => shownCell(cell, heads[at])))])}`,
  );
  const notes = [...endings(report), ...remarks].map((note) => `${note}\n`).join('');
  const how = Object.entries(facts).map(([name, value]) => `${name}: ${value}\n`);
  return [...parts, notes, how.join('')].join('\n');
}

function keep(report: TakenReport, folder: string, { io }: World): void {
  mkdirSync(folder, { recursive: true });
  const name = join(folder, report.scenario);
  for (const [ending, form] of FILES) writeFileSync(`${name}.${ending}`, form(report));
  io.stderr(`${shownText(`Written to ${name}.${FILES.map(([ending]) => ending).join(', .')}`)}\n`);
}

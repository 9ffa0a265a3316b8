import type { Figure } from './figures.ts';
import { standings } from './goals.ts';
import type { Standing } from './goals.ts';
import type { Machine } from './machine.ts';
import type { Memory } from './memory.ts';
import type { Cell } from './rounds.ts';
import type { Settings } from './settings.ts';
import { summarize } from './summary.ts';
import type { Row } from './summary.ts';

/** Everything a run found out; the JSON file is this. */
export interface Report {
  readonly takenAt: string;
  readonly machine: Machine;
  readonly loadBefore: readonly number[];
  readonly loadAfter: readonly number[];
  /** How quick memory was before the run, in words. */
  readonly memoryTimes: string;
  readonly settings: Settings;
  readonly missing: readonly string[];
  readonly memory: readonly Memory[];
  readonly rows: readonly Row[];
  readonly goals: readonly Standing[];
  readonly cells: readonly Cell[];
}

/** Adds what follows from the cells. */
export function complete(found: Omit<Report, 'rows' | 'goals'>): Report {
  const rows = summarize(found.cells, ['direct', ...found.memory.map(({ system }) => system)]);
  return { ...found, rows, goals: standings(rows, found.memory) };
}

/** The report for people, in Markdown. */
export function markdown(report: Report): string {
  const { machine, settings } = report;
  return [
    `# Latency, ${report.takenAt.slice(0, 10)}`,
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; Linux ${machine.kernel}; Node ${machine.node}; ` +
      `nginx ${machine.nginx}. Load average ${report.loadBefore.join(' ')} before, ${report.loadAfter.join(' ')} after. ` +
      `${report.memoryTimes} ${settings.rounds} rounds of about ${settings.seconds} s, systems in turn; median (lowest–highest). ` +
      `CPU by ${machine.cpuClock}, user and system, children included; provider and load generator not counted. ` +
      'The rows `direct` are the provider asked directly, and its CPU; `generator` is how busy the load generator was.',
    ...report.missing.map((why) => `\nMissing: ${why}`),
    '',
    ...table(HEAD, report.rows.map(cellsOfRow), 2),
    '',
    ...table(MEMORY_HEAD, report.memory.map(cellsOfMemory)),
    '',
    ...(settings.smoke ? [] : [...table(GOAL_HEAD, report.goals.map(cellsOfGoal)), '']),
  ].join('\n');
}

const HEAD = [
  'case',
  'system',
  'CPU µs each',
  '÷ nginx',
  'added p50 ms',
  'added p99 ms',
  'added first byte ms',
  'p99 ÷ nginx',
  'per second',
  'generator',
  'errors',
];
const MEMORY_HEAD = ['memory', 'idle MB', 'streams open', 'MB with them', 'KB each'];
const GOAL_HEAD = ['goal', 'measured', 'first', 'then', 'reached'];

function cellsOfRow(row: Row): readonly string[] {
  return [
    row.case,
    row.system,
    figure(row.cpuUs),
    ranged(row.cpuToNginx),
    ranged(row.addedP50Ms),
    ranged(row.addedP99Ms),
    figure(row.addedFirstByteMs),
    figure(row.p99ToNginx),
    figure(row.perSecond),
    figure(row.generatorBusy),
    row.errors === 0 ? '0' : `${row.errors}: ${row.firstError}`,
  ];
}

function cellsOfMemory(one: Memory): readonly string[] {
  const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  const { system, idleBytes, streams, streamsBytes, perStreamBytes } = one;
  return [system, megabytes(idleBytes), String(streams), megabytes(streamsBytes), (perStreamBytes / 1024).toFixed(0)];
}

function cellsOfGoal({ goal, bounds, atLeast = false, measured }: Standing): readonly string[] {
  const sign = atLeast ? '≥' : '≤';
  const reached = (bound: number): boolean =>
    measured !== undefined && (atLeast ? measured >= bound : measured <= bound);
  const word = reached(bounds[1]) ? 'both' : reached(bounds[0]) ? 'first' : 'no';
  return [
    goal,
    measured === undefined ? '–' : number(measured),
    `${sign} ${bounds[0]}`,
    `${sign} ${bounds[1]}`,
    measured === undefined ? '–' : word,
  ];
}

function figure(value: Figure | undefined): string {
  return value === undefined ? '–' : number(value.median);
}

function ranged(value: Figure | undefined): string {
  if (value === undefined) return '–';
  return value.min === value.max
    ? number(value.median)
    : `${number(value.median)} (${number(value.min)}–${number(value.max)})`;
}

/** Three digits that matter. */
function number(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A Markdown table whose columns line up, so that it can be read in a terminal as well. */
function table(head: readonly string[], rows: readonly (readonly string[])[], left = 1): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column < left ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)];
}

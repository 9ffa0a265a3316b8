import { figureOf } from './figures.ts';
import type { Figure } from './figures.ts';
import type { Cell } from './rounds.ts';

/** What the rounds say about one system in one case. Ratios and differences are made within a round, then summed up. */
export interface Row {
  readonly case: string;
  readonly system: string;
  readonly requests: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly cpuUs: Figure | undefined;
  readonly cpuToNginx: Figure | undefined;
  /** Through the system less asked directly, in the same round. */
  readonly addedP50Ms: Figure | undefined;
  readonly addedP99Ms: Figure | undefined;
  readonly addedFirstByteMs: Figure | undefined;
  readonly p99Ms: Figure | undefined;
  readonly p99ToNginx: Figure | undefined;
  readonly perSecond: Figure | undefined;
  /** How busy the load generator was, 1 being one core. */
  readonly generatorBusy: Figure | undefined;
}

/** Sums rounds up, case by case, the systems in the given order. */
export function summarize(cells: readonly Cell[], systems: readonly string[]): readonly Row[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.case}\n${cell.system}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  const rows = [...groups.values()].map((group) => rowOf(group, cells));
  const cases = [...new Set(cells.map((cell) => cell.case))];
  return rows.toSorted(
    (a, b) => cases.indexOf(a.case) - cases.indexOf(b.case) || systems.indexOf(a.system) - systems.indexOf(b.system),
  );
}

function rowOf(group: readonly Cell[], all: readonly Cell[]): Row {
  const [first] = group;
  const beside = (cell: Cell, system: string): Cell | undefined =>
    all.find((one) => one.round === cell.round && one.case === cell.case && one.system === system);
  const each = (value: (cell: Cell) => number): Figure | undefined => figureOf(group.map(value));
  const ratio = (value: (cell: Cell) => number): Figure | undefined =>
    figureOf(group.map((cell) => divided(value(cell), beside(cell, 'nginx'), value)));
  const added = (value: (cell: Cell) => number): Figure | undefined =>
    figureOf(group.map((cell) => less(value(cell), beside(cell, 'direct'), value)));
  return {
    case: first?.case ?? '',
    system: first?.system ?? '',
    requests: first?.load.requests ?? 0,
    errors: group.reduce((sum, { load }) => sum + load.errors, 0),
    firstError: group.find(({ load }) => load.firstError !== undefined)?.load.firstError,
    cpuUs: each((cell) => cell.cpuUsPerRequest),
    cpuToNginx: ratio((cell) => cell.cpuUsPerRequest),
    addedP50Ms: added(({ load }) => load.p50Ms),
    addedP99Ms: added(({ load }) => load.p99Ms),
    addedFirstByteMs: added(({ load }) => load.first50Ms),
    p99Ms: each(({ load }) => load.p99Ms),
    p99ToNginx: ratio(({ load }) => load.p99Ms),
    perSecond: each(({ load }) => load.requests / (load.wallMs / 1000)),
    generatorBusy: each((cell) => cell.generatorBusy),
  };
}

function divided(value: number, by: Cell | undefined, of: (cell: Cell) => number): number | undefined {
  return by === undefined ? undefined : value / of(by);
}

function less(value: number, than: Cell | undefined, of: (cell: Cell) => number): number | undefined {
  return than === undefined ? undefined : value - of(than);
}

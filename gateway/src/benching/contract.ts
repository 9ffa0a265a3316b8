/**
 * A scenario measures one thing for whoever runs a gateway, and says so in tables. It is handed all that it touches of the
 * outside, tells how far it is, and ends early when it is told to, with what it has found until then.
 */

/** What a column holds. */
export interface Column {
  readonly name: string;
  /** Numbers stand on the right, with so many digits behind the point. */
  readonly digits?: number;
}

/** A cell; `undefined` where nothing is known. */
export type Cell = string | number | undefined;

/** Measured values, row by row. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /**
   * Which columns a chart shows: bars named by some, as long as another says; or a line for each of the first name, over
   * the second.
   */
  readonly chart?: { readonly names: readonly number[]; readonly value: number; readonly kind?: 'lines' };
}

/** What a scenario found. */
export interface BenchReport {
  readonly scenario: string;
  /** What was measured, and how, so that somebody else can do it again. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly tables: readonly BenchTable[];
  /** What the tables mean, and what they don't. */
  readonly remarks: readonly string[];
  /** It was ended early. */
  readonly isCut: boolean;
  /** Why the tables are worth nothing. */
  readonly problem?: string | undefined;
}

/** A report, and when and on what it was made. */
export interface TakenReport extends BenchReport {
  /** Unix time. */
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What every scenario is handed. */
export interface BenchPorts {
  readonly signal: AbortSignal;
  /** Tells whoever waits how far it is. */
  readonly onProgress: (text: string) => void;
  /** Monotonic milliseconds. */
  readonly clockMs: () => number;
}

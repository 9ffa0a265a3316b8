/** What the load generator is asked to do. `cap` stops it early, for calibration. */
export interface LoadJob {
  readonly kind: 'load';
  readonly port: number;
  /** The whole HTTP request, head and body. */
  readonly request: string;
  readonly connections: number;
  readonly requests: number;
  readonly capMs?: number;
}

/** Open streams and keep them open until the next job. */
export interface HoldJob {
  readonly kind: 'hold';
  readonly port: number;
  readonly request: string;
  readonly connections: number;
}

/** Close what a hold job opened. */
export interface ReleaseJob {
  readonly kind: 'release';
}

/** What the load generator can be told to do. */
export type Job = LoadJob | HoldJob | ReleaseJob;

/** What came of a job. Times are milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly wallMs: number;
  /** From the request to the last byte. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the request to the first byte of the body. */
  readonly first50Ms: number;
  readonly first99Ms: number;
}

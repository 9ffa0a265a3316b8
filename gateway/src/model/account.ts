/** Marks a caller whose turns are counted. What is counted, and where, is the business of access/. */
export interface Account {
  readonly id: string;
}

/** So many in a while. */
export interface Allotment {
  readonly limit: number;
  readonly remaining: number;
  /** Until all of it is there again. */
  readonly resetMs: number;
}

/** How much a caller may still do, for it to pace itself by. */
export interface Quota {
  readonly requests?: Allotment | undefined;
  readonly tokens?: Allotment | undefined;
}

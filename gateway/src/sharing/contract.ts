/** What gateways tell each other through. Nothing is ever waited for while a request is. */
export interface SharedBoard {
  /** Whether others are reached now. */
  readonly isUp: boolean;
  /** Tells the other gateways. What can't be told is lost; whoever reads `rests` later learns what still matters. */
  readonly tell: (message: string) => void;
  /** Hears what others tell, and what oneself does. */
  readonly hear: (listener: (message: string) => void) => void;
  /** Writes down that a target rests for so long, or rests no more. */
  readonly note: (target: string, rest: NotedRest | undefined) => void;
  /** What is written down of targets that rest. Rejects when nobody is reached. */
  readonly rests: () => Promise<ReadonlyMap<string, NotedRest>>;
  readonly close: () => Promise<void>;
}

/** That a target is left alone. */
export interface NotedRest {
  /** An error code: why. */
  readonly code: string;
  /** How long it still is. Clocks of several machines differ, so no times are told. */
  readonly leftMs: number;
}

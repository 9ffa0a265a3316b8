/** One mistake in the configuration: what is wrong, and as exactly as is known, where. */
export interface ConfigProblem {
  /** The setting, e.g. `server.port`; empty when the text as a whole can't be read. */
  readonly path: string;
  /** A sentence that names the setting or the variable. */
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
  readonly file?: string | undefined;
  /** Counted from 1, as editors do. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** `synthlang.yaml:3:5  message (did you mean "x"?)`, with as much of the place as is known. */
export function problemText({ file, line, column, message, suggestion }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const hint = suggestion === undefined ? '' : ` (did you mean "${suggestion}"?)`;
  return `${place === '' ? '' : `${place}  `}${message}${hint}`;
}

/** The configuration can't be used. It carries every mistake that was found, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(problemText).join('\n'));
    this.problems = problems;
  }
}

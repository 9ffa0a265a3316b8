/**
 * A scenario measures one thing and says so in a table. To add one, write a file here that exports a `Scenario` and add
 * it to `index.ts`; `npm run bench` lists it.
 */
export interface Scenario {
  readonly id: string;
  /** One line for the list. */
  readonly says: string;
  /** Runs with the arguments behind the name; gives the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

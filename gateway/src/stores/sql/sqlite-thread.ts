import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** What a statement gave: rows, or how many it changed. */
export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly changes: number | undefined;
}

/** Texts of statements that stay prepared. */
const PREPARED_MAX = 100;
/** The thread holds rows for a moment and nothing else. */
const YOUNG_MEGABYTES_MAX = 8;

/** What the thread does. It is a text, since a thread begins with a file, and the sources and the build have different ones. */
const THREAD = `
(async () => {
  const { parentPort, workerData: { driver, path, pragmas } } = await import('node:worker_threads');
  const { DatabaseSync } = await import(driver).catch((missing) => import('node:sqlite').catch(() => { throw missing; }));
  const file = new DatabaseSync(path);
  for (const pragma of pragmas) file.exec('PRAGMA ' + pragma);
  const prepared = new Map();
  const statementOf = (text) => {
    let found = prepared.get(text);
    if (found) return found;
    if (prepared.size >= ${PREPARED_MAX}) prepared.clear();
    const statement = file.prepare(text);
    prepared.set(text, (found = { statement, reads: statement.columns().length > 0 }));
    return found;
  };
  parentPort.on('message', ({ id, text, parameters }) => {
    try {
      if (text === undefined) {
        file.close();
        parentPort.postMessage({ id, rows: [] });
        parentPort.close();
        return;
      }
      const { statement, reads } = statementOf(text);
      if (reads) parentPort.postMessage({ id, rows: statement.all(...parameters) });
      else parentPort.postMessage({ id, rows: [], changes: Number(statement.run(...parameters).changes) });
    } catch ({ message, code, errcode }) {
      parentPort.postMessage({ id, failed: { message: String(message), code, errcode } });
    }
  });
})();`;

interface Answer {
  readonly id: number;
  readonly rows?: readonly unknown[];
  readonly changes?: number;
  readonly failed?: { readonly message: string; readonly code?: unknown; readonly errcode?: unknown };
}

interface Waiting {
  readonly give: (result: StatementResult) => void;
  readonly fail: (error: Error) => void;
}

/** Which file is opened, and how. */
export interface SqliteFile {
  readonly path: string;
  readonly pragmas: readonly string[];
}

/**
 * A SQLite file in a thread of its own: waiting for a disk would hold up every turn and every stream. The package has
 * binaries for the usual platforms; Node's own is the same and serves the others, where it is new enough.
 */
export class SqliteThread {
  readonly #file: SqliteFile;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #count = 0;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  /** Runs one statement; they are run in the order they are asked for. Rejects with what SQLite says is wrong. */
  run(text: string | undefined, parameters: readonly unknown[]): Promise<StatementResult> {
    return new Promise((give, fail) => {
      const worker = this.#running();
      if (this.#waiting.size === 0) worker.ref();
      const id = (this.#count += 1);
      this.#waiting.set(id, { give, fail });
      worker.postMessage({ id, text, parameters });
    });
  }

  /** Closes the file, after what was asked for before. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    await this.run(undefined, []);
    this.#worker = undefined;
    await worker.terminate();
  }

  /** A thread that died is begun anew with the next statement. */
  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(THREAD, {
      eval: true,
      env: {},
      workerData: { driver: driverAddress(), ...this.#file },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES_MAX },
    });
    this.#worker = worker;
    worker.on('message', this.#hear);
    worker.on('error', (error: Error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error('The thread of the database ended.')));
    return worker;
  }

  readonly #hear = ({ id, rows = [], changes, failed }: Answer): void => {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    // An open database alone doesn't keep a program running.
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (failed) waiting?.fail(Object.assign(new Error(failed.message), failed));
    else waiting?.give({ rows, changes });
  };

  #lose(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail } of lost) fail(error);
  }
}

function driverAddress(): string {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve('@photostructure/sqlite')).href;
  } catch {
    return 'node:sqlite'; // the package isn't there
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { flagsOf } from './node-flags.ts';
import { ROOT } from './rules/sources.ts';
import { removeTemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** How to start a gateway, as an operator would. */
export interface GatewayOptions {
  /** The config file: an object in our format, or the file's text. */
  readonly config?: object | string;
  /** The whole environment, save for PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** Behind `serve`; a free port by default. */
  readonly args?: readonly string[];
  /** A folder to start in that stays afterwards; a new one that goes with the gateway by default. */
  readonly folder?: string;
  /** Leaves targets alone that fail too often, and counts attempts, as a gateway does by itself. Off: faults are made here on purpose, one after the other at the same target. */
  readonly breaker?: boolean;
}

/** What happens to run on the machine of a test is none of its business. */
export const ALONE = { SYNTHLANG__ROUTING__FIND_LOCAL_SERVERS: 'false' };

/** Asks every target however it does, and as often as the retries allow. */
const NO_BREAKER = {
  SYNTHLANG__ROUTING__BREAKER__ENABLED: 'false',
  SYNTHLANG__ROUTING__RETRY_BUDGET_PER_SECOND_MIN: '100000',
};

/** A gateway that runs as a process of its own. */
export interface GatewayProcess {
  readonly url: string;
  /** The key that may do everything: the one shown at the first start, or else the one in the environment. */
  readonly key: string;
  readonly pid: number;
  /** Where it was started; `config.yaml` and `data` are there. */
  readonly folder: string;
  readonly configFile: string;
  /** What it printed, line by line. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** The first line of the log that fits, printed already or not. Rejects when the gateway ends without it. */
  readonly logged: (fits: (line: string) => boolean) => Promise<string>;
  /** Tells it to stop, and gives its exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** What a command that ended has printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const START_MS = 20_000;
const STOP_MS = 15_000;
const TSX = pathToFileURL(join(ROOT, 'node_modules/tsx/dist/loader.mjs')).href;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the real program and resolves when it serves. */
export async function startGateway(options: GatewayOptions = {}): Promise<GatewayProcess> {
  const folder = options.folder ?? temporaryFolder('gateway');
  const configFile = join(folder, 'config.yaml');
  const { config, args = ['--port', '0'], breaker = false } = options;
  const env: Readonly<Record<string, string>> = { ...ALONE, ...(breaker ? {} : NO_BREAKER), ...options.env };
  if (config !== undefined) writeFileSync(configFile, textOf(config));
  const words = ['serve', ...(config === undefined ? [] : ['--config', 'config.yaml']), ...args];
  const child = await spawned(words, folder, { env, hasStdin: false });
  const said = new Said(child);
  try {
    const address = await said.line('stderr', (line) => line.includes(' serves on http'));
    await said.line('stderr', (line) => line.startsWith('Streamed: '));
    const shown = said.stderr.find((line) => line.startsWith('First admin key'));
    return {
      url: address.slice(address.indexOf('http')),
      key: shown?.slice(shown.indexOf('sk-')) ?? env['LITELLM_MASTER_KEY'] ?? env['ADMIN_API_KEY'] ?? '',
      pid: child.pid ?? 0,
      folder,
      configFile,
      stdout: said.stdout,
      stderr: said.stderr,
      logged: (fits) => said.line('stdout', fits),
      signal: (signal) => void child.kill(signal),
      stop: async (signal = 'SIGTERM') => {
        const code = await stopped(child, signal);
        if (options.folder === undefined) removeTemporaryFolder(folder);
        return code;
      },
    };
  } catch (thrown) {
    await stopped(child, 'SIGKILL');
    if (options.folder === undefined) removeTemporaryFolder(folder);
    throw thrown;
  }
}

/** How to run a command. */
export interface CommandOptions {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on standard input; nothing by default. */
  readonly stdin?: string;
}

/** Starts any other command of the program. */
export async function startCommand(
  words: readonly string[],
  { folder, env = {}, stdin }: CommandOptions,
): Promise<ChildProcess> {
  const child = await spawned(words, folder, { env, hasStdin: stdin !== undefined });
  child.stdin?.end(stdin);
  return child;
}

/** Runs any other command of the program to its end. */
export async function runCommand(words: readonly string[], options: CommandOptions): Promise<Ended> {
  const child = await startCommand(words, options);
  const said = new Said(child);
  const code = await said.ended;
  return { code, stdout: said.stdout.join('\n'), stderr: said.stderr.join('\n') };
}

/** A config file's text: JSON is YAML. */
export function textOf(config: object | string): string {
  return typeof config === 'string' ? config : JSON.stringify(config, undefined, 2);
}

let program: Promise<readonly string[]> | undefined;

/** What starts the program, behind Node's own name: compiled where that is of these sources, else the sources themselves. */
export function programWords(): Promise<readonly string[]> {
  program ??= foundProgram();
  return program;
}

async function foundProgram(): Promise<readonly string[]> {
  const { isBuilt } = (await import(pathToFileURL(join(ROOT, 'scripts/ready.mjs')).href)) as {
    readonly isBuilt: () => boolean;
  };
  const built = join(ROOT, 'gateway/dist/main.js');
  if (isBuilt()) return [...(await flagsOf(built)), built];
  return ['--import', TSX, join(ROOT, 'gateway/src/main.ts')];
}

async function spawned(
  words: readonly string[],
  folder: string,
  { env, hasStdin }: { readonly env: Readonly<Record<string, string>>; readonly hasStdin: boolean },
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...(await programWords()), ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    stdio: [hasStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

interface Waiting {
  readonly of: 'stdout' | 'stderr';
  readonly fits: (line: string) => boolean;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** What a program says, in lines, and who waits for one. */
class Said {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  /** Comes true with the exit code, when everything was read. */
  readonly ended: Promise<number | null>;
  #waiting: Waiting[] = [];
  #over = false;

  constructor(child: ChildProcess) {
    this.#read(child, 'stdout');
    this.#read(child, 'stderr');
    this.ended = new Promise((resolve) =>
      child.once('close', (code) => {
        this.#over = true;
        for (const { reject } of this.#waiting) reject(this.#unheard('It ended'));
        resolve(code);
      }),
    );
  }

  line(of: Waiting['of'], fits: Waiting['fits']): Promise<string> {
    const already = this[of].find(fits);
    if (already !== undefined) return Promise.resolve(already);
    if (this.#over) return Promise.reject(this.#unheard('It has ended'));
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(this.#unheard(`${START_MS} ms passed`)), START_MS);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(late);
          then(value);
        };
      this.#waiting.push({ of, fits, resolve: settle(resolve), reject: settle(reject) });
    });
  }

  #read(child: ChildProcess, of: Waiting['of']): void {
    let rest = '';
    child[of]?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#hear(of, line);
    });
  }

  #hear(of: Waiting['of'], line: string): void {
    this[of].push(line);
    this.#waiting = this.#waiting.filter((waiting) => {
      if (waiting.of !== of || !waiting.fits(line)) return true;
      waiting.resolve(line);
      return false;
    });
  }

  #unheard(why: string): Error {
    return new Error(
      `${why} before the program said what was waited for. It said:\n${[...this.stderr, ...this.stdout].join('\n')}`,
    );
  }
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  const code = await gone;
  clearTimeout(late);
  return code;
}

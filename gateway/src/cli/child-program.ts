import { type ChildProcess, spawn } from 'node:child_process';
import type { World } from './world.ts';

/** This program, running once more beside this one. */
export interface ChildProgram {
  /** Where it serves. */
  readonly url: string;
  /** Tells it to stop, and resolves when it has. */
  readonly stop: () => Promise<void>;
}

const START_MS = 30_000;
const STOP_MS = 10_000;
const SAID_CHARACTERS_MAX = 10_000;

/** Starts another process of this program with these words, and resolves when it says that it serves. */
export async function startChild(
  { ownWords }: Pick<World, 'ownWords'>,
  words: readonly string[],
  folder: string,
): Promise<ChildProgram> {
  const [command = '', ...before] = ownWords;
  // Nothing of this process's environment: keys and settings of the operator have no place in a measurement.
  const child = spawn(command, [...before, ...words], { cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    return { url: await served(child), stop: () => stopped(child) };
  } catch (thrown) {
    await stopped(child);
    throw thrown;
  }
}

function served(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => {
      clearTimeout(late);
      reject(new Error(`${why} before it served. It said: ${said.trim()}`));
    };
    const late = setTimeout(() => fail(`A process of this bench took more than ${START_MS} ms`), START_MS);
    child.once('error', (error) => fail(`A process of this bench could not be started (${error.message})`));
    child.once('close', () => fail('A process of this bench ended'));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < SAID_CHARACTERS_MAX) said += text;
      const url = /serves on (http:\/\/\S+)\s/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      resolve(url);
    });
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(late);
}

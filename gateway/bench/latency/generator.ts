import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, LoadResult } from './load-contract.ts';

/** The load generator, seen from the bench. One job at a time. */
export interface Generator {
  readonly pid: number;
  readonly load: (job: Omit<Extract<Job, { kind: 'load' }>, 'kind'>) => Promise<LoadResult>;
  /** Gives how many streams are open and well. */
  readonly hold: (job: Omit<Extract<Job, { kind: 'hold' }>, 'kind'>) => Promise<number>;
  readonly release: () => Promise<void>;
  readonly stop: () => void;
}

/** Starts the load generator. */
export function startGenerator(): Generator {
  const child = fork(fileURLToPath(new URL('load-generator.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
  });
  return {
    pid: child.pid ?? 0,
    load: async (job) => (await ask(child, { kind: 'load', ...job })) as LoadResult,
    hold: async (job) => ((await ask(child, { kind: 'hold', ...job })) as { readonly held: number }).held,
    release: async () => {
      await ask(child, { kind: 'release' });
    },
    stop: () => child.kill(),
  };
}

/** Listens for one answer, and for a death instead of it. */
function ask(child: ChildProcess, job: Job): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('The load generator died.'));
    child.once('exit', onExit);
    child.once('message', (answer: unknown) => {
      child.off('exit', onExit);
      resolve(answer);
    });
    child.send(job);
  });
}

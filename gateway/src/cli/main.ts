import { CommanderError } from 'commander';
import { ConfigError, problemText } from '../config/problem.ts';
import type { Running } from '../serve.ts';
import { EXIT, UsageError } from './exit.ts';
import { programOf } from './program.ts';
import type { CommandIo, World } from './world.ts';

/** Runs one command and resolves to its exit code. `serve` resolves when the gateway has stopped. */
export async function runCommand(said: readonly string[], world: World): Promise<number> {
  const words = said[0] === 'proxy' ? said.slice(1) : said; // the original's commands were `synthlang proxy …`
  const stopped = new Promise<void>((resolve) => {
    const fail = (thrown: unknown): void => {
      failure = thrown;
      resolve();
    };
    const program = programOf(world, (running) => untilStopped(running, world.onSignal, { resolve, fail }));
    program.parseAsync(words, { from: 'user' }).then(() => (program.args[0] === 'serve' ? undefined : resolve()), fail);
  });
  let failure: unknown;
  await stopped;
  return failure === undefined ? EXIT.fine : exitCode(failure, world.io);
}

interface Stopped {
  readonly resolve: () => void;
  readonly fail: (thrown: unknown) => void;
}

function untilStopped(running: Running, onSignal: World['onSignal'], { resolve, fail }: Stopped): void {
  const stop = (): void => void running.stop().then(resolve, fail); // said twice it means "now"
  onSignal('SIGTERM', stop);
  onSignal('SIGINT', stop);
  onSignal('SIGHUP', running.reload);
}

function exitCode(failure: unknown, { stderr }: CommandIo): number {
  if (failure instanceof CommanderError) return failure.exitCode;
  stderr(`${failure instanceof ConfigError ? failure.problems.map(problemText).join('\n') : sentence(failure)}\n`);
  return failure instanceof UsageError ? EXIT.usage : EXIT.failed;
}

function sentence(failure: unknown): string {
  const code = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
  if (code === 'EADDRINUSE') return 'The port is in use already; choose another with --port.';
  if (code === 'EACCES') return 'The port or folder may not be used by this user.';
  return failure instanceof Error ? failure.message : String(failure);
}

import { Command, CommanderError } from 'commander';
import { ConfigError, problemText } from '../config/problem.ts';
import type { Running } from '../serve.ts';
import { packageVersion } from '../version.ts';
import { configCommand, type CommandIo } from './commands/config.ts';
import { serveCommand } from './commands/serve.ts';

/** The world as the command line sees it. */
export interface World {
  readonly io: CommandIo;
  readonly onSignal: (name: 'SIGTERM' | 'SIGINT' | 'SIGHUP', heard: () => void) => void;
}

/** Exit codes: fine, it failed, it was called wrongly. */
const FINE = 0;
const FAILED = 1;
const USAGE = 2;

/** Runs one command and resolves to its exit code. `serve` resolves when the gateway has stopped. */
export async function runCommand(words: readonly string[], { io, onSignal }: World): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    const fail = (thrown: unknown): void => {
      failure = thrown;
      resolve();
    };
    const program = commands(io, (running) => untilStopped(running, onSignal, { resolve, fail }));
    program.parseAsync(words, { from: 'user' }).then(() => (program.args[0] === 'serve' ? undefined : resolve()), fail);
  });
  let failure: unknown;
  await stopped;
  return failure === undefined ? FINE : exitCode(failure, io);
}

function commands(io: CommandIo, onRunning: (running: Running) => void): Command {
  const program = new Command('synthlang')
    .description('A self-hosted gateway between programs and language models.')
    .version(packageVersion());
  program
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .exitOverride(({ exitCode: code, code: name, message }) => {
      throw new CommanderError(code === FINE ? FINE : USAGE, name, message);
    });
  program.addCommand(serveCommand(io, onRunning).copyInheritedSettings(program));
  program.addCommand(configCommand(io));
  return program;
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
  return FAILED;
}

function sentence(failure: unknown): string {
  const code = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
  if (code === 'EADDRINUSE') return 'The port is in use already; choose another with --port.';
  if (code === 'EACCES') return 'The port or folder may not be used by this user.';
  return failure instanceof Error ? failure.message : String(failure);
}

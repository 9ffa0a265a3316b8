import { ALONE } from './gateway-process.ts';
import { Readable } from 'node:stream';
import type { World } from '../src/cli/world.ts';

interface WorldOptions {
  readonly cwd: string;
  readonly stdin?: string;
  /** What starts the program again, for commands that do. */
  readonly ownWords?: readonly string[];
}

/** The world as a command sees it that runs inside a test: what it says is kept, and it reads what it is given. */
export function worldFor({ cwd, stdin = '', ownWords = [] }: WorldOptions) {
  let [stdout, stderr] = ['', ''];
  const signals = new Map<string, () => void>();
  const world: World = {
    io: {
      stdout: (text) => void (stdout += text),
      stderr: (text) => void (stderr += text),
      env: () => ({ ...ALONE, LOG_LEVEL: 'silent' }),
      cwd: () => cwd,
    },
    stdin: () => Readable.from([Buffer.from(stdin)]),
    isTerminal: false,
    onSignal: (name, heard) => void signals.set(name, heard),
    onOutputClosed: () => undefined,
    nowMs: () => 0,
    clockMs: () => performance.now(),
    ownWords,
    nodeVersion: '20.19.0',
  };
  return { world, signal: (name: string) => signals.get(name)?.(), signals, out: () => stdout, err: () => stderr };
}

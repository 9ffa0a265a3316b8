import { Readable } from 'node:stream';
import type { World } from '../src/cli/world.ts';

/** The world as a command sees it that runs inside a test: what it says is kept, and it reads what it is given. */
export function worldFor({ cwd, stdin = '' }: { readonly cwd: string; readonly stdin?: string }) {
  let [stdout, stderr] = ['', ''];
  const signals = new Map<string, () => void>();
  const world: World = {
    io: {
      stdout: (text) => void (stdout += text),
      stderr: (text) => void (stderr += text),
      env: () => ({ LOG_LEVEL: 'silent' }),
      cwd: () => cwd,
    },
    stdin: () => Readable.from([Buffer.from(stdin)]),
    isTerminal: false,
    onSignal: (name, heard) => void signals.set(name, heard),
    onOutputClosed: () => undefined,
    nowMs: () => 0,
    clockMs: () => performance.now(),
    nodeVersion: '20.19.0',
  };
  return { world, signal: (name: string) => signals.get(name)?.(), signals, out: () => stdout, err: () => stderr };
}

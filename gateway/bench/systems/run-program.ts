import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5000;

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Everything it prints goes here. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

const running = new Set<ChildProcess>();
// Told to stop and not killed, since nginx takes its workers along only when it is told.
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts a server and waits until its port answers. */
export async function runProgram(
  program: Program,
): Promise<{ readonly pid: number; readonly stop: () => Promise<void> }> {
  const log = openSync(program.logFile, 'w');
  const child = spawn(program.command, program.args, {
    stdio: ['ignore', log, log],
    cwd: program.folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...program.env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  await portOpen(program, child);
  return { pid: child.pid ?? 0, stop: () => stop(child) };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function portOpen({ port, logFile, command }: Program, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return;
    await wait(50);
  }
  await stop(child);
  throw new Error(`${command} did not start: ${readFileSync(logFile, 'utf8').slice(-1000)}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
}

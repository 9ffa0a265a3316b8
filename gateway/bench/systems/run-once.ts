import { spawnSync } from 'node:child_process';

/** Runs a command to its end; gives what it printed when it failed, and nothing when it went well. */
export function runOnce(command: string, args: readonly string[], folder?: string): string | undefined {
  const done = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (done.error) return done.error.message;
  return done.status === 0 ? undefined : `${done.stdout}${done.stderr}`.trim().slice(-2000);
}

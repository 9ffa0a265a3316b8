import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { nodeFlags } from './node-flags.mjs';
import { ROOT } from './root.mjs';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_MS = 300;

/** Runs a script of the checkout as if it were this process: same terminal, same signals, same exit code. */
export function runNode([script, ...args]) {
  const child = spawn(process.execPath, [...nodeFlags(join(ROOT, script)), join(ROOT, script), ...args], {
    stdio: 'inherit',
  });
  for (const signal of PASSED_ON) process.on(signal, () => passOn(signal, child));
  const watch = stopWithNpm(child);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of PASSED_ON) process.removeAllListeners(name);
      process.exitCode = code ?? 128 + constants.signals[signal];
      resolve();
    });
  });
}

function passOn(signal, child) {
  // A terminal sends Ctrl-C to everybody in it. The child has it already, and twice would mean "now, not gracefully".
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  if (signal === 'SIGINT' && atTerminal) return;
  child.kill(signal);
}

/** A SIGTERM to npm ends npm and its shell, but never gets here. Without this the server would outlive `npm start`. */
function stopWithNpm(child) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  return setInterval(() => process.ppid === parent || child.kill('SIGTERM'), PARENT_CHECK_MS);
}

#!/usr/bin/env -S node --max-semi-space-size=64
import { runCommand } from './cli/main.ts';
import { processEnvironment } from './config/process-environment.ts';

// A reader that goes away, as `| head` does, is no fault of the program.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await runCommand(process.argv.slice(2), {
  io: {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    env: () => processEnvironment(),
    cwd: () => process.cwd(),
  },
  stdin: () => process.stdin,
  isTerminal: process.stdout.isTTY,
  onSignal: (name, heard) => process.on(name, heard),
  onOutputClosed: (heard) => process.stdout.on('error', heard),
  nowMs: () => Date.now(),
  clockMs: () => performance.now(),
  ownWords: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  nodeVersion: process.versions.node,
});

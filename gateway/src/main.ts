#!/usr/bin/env -S node --max-semi-space-size=64
import { runCommand } from './cli/main.ts';
import { processEnvironment } from './config/process-environment.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  io: {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    env: () => processEnvironment(),
    cwd: () => process.cwd(),
  },
  onSignal: (name, heard) => process.on(name, heard),
});

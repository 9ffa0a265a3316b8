import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runOnce } from './run-once.ts';

/** Compiles a project, as its build would; gives what went wrong. */
export function compile(project: string): string | undefined {
  const compiler = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  return runOnce(process.execPath, [join(compiler, 'bin', 'tsc'), '-p', project]);
}

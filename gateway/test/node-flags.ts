import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './rules/sources.ts';

/** The flags of Node that a program's first line asks for, as `npm start` reads them. */
export async function flagsOf(file: string): Promise<readonly string[]> {
  const { nodeFlags } = (await import(pathToFileURL(join(ROOT, 'scripts/node-flags.mjs')).href)) as {
    readonly nodeFlags: (file: string) => readonly string[];
  };
  return nodeFlags(file);
}

import { readFileSync } from 'node:fs';

/** The flags of Node that a program's first line asks for. `npm start`, the tests and the bench obey it as the command does. */
export function nodeFlags(file) {
  const [, flags = ''] = /^#!.* node (.*)/.exec(readFileSync(file, 'utf8')) ?? [];
  return flags.split(' ').filter((flag) => flag !== '');
}

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError } from './exit.ts';
import { STDIN_BYTES_MAX, textArgument } from './text-argument.ts';
import type { World } from './world.ts';

/** The ways a text can be given to a command. */
export interface GivenText {
  /** Behind the command, and `-` for standard input. */
  readonly argument?: string | undefined;
  /** By an option of the original's name. */
  readonly option?: string | undefined;
  readonly file?: string | undefined;
}

/** The text, in whichever of the ways it was given. Throws a `UsageError` unless there is exactly one. */
export function givenText(given: GivenText, option: string, world: World, signal: AbortSignal): Promise<string> {
  const { argument, option: said, file } = given;
  const ways = [argument, said, file].filter((way) => way !== undefined);
  if (ways.length !== 1) throw usageError(`Give the text once: behind the command, with ${option}, or with --file.`);
  if (file !== undefined) return Promise.resolve(textFile(file, world));
  return textArgument(argument ?? said ?? '', world, signal);
}

/** The text of a file, without its last line end. */
export function textFile(name: string, { io }: World): string {
  const path = resolve(io.cwd(), name);
  try {
    if (statSync(path).size > STDIN_BYTES_MAX) throw new Error(`it is longer than ${STDIN_BYTES_MAX} bytes`);
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (thrown) {
    throw new Error(`${name} can’t be read: ${(thrown as Error).message}`, { cause: thrown });
  }
}

/** A file that holds a JSON list of objects with these fields as texts. */
export function jsonRows<Field extends string>(
  name: string,
  fields: readonly Field[],
  world: World,
): readonly Readonly<Record<Field, string>>[] {
  let rows: unknown;
  try {
    rows = JSON.parse(textFile(name, world));
  } catch (thrown) {
    throw thrown instanceof SyntaxError ? new Error(`${name} is not JSON.`, { cause: thrown }) : thrown;
  }
  if (!Array.isArray(rows) || !rows.every((row) => hasTexts(row, fields)))
    throw usageError(
      `${name} must hold a JSON list of objects with ${fields.map((field) => `"${field}"`).join(' and ')}.`,
    );
  return rows as readonly Readonly<Record<Field, string>>[];
}

function hasTexts(row: unknown, fields: readonly string[]): boolean {
  if (typeof row !== 'object' || row === null) return false;
  return fields.every((field) => typeof (row as Readonly<Record<string, unknown>>)[field] === 'string');
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A text file of the repository, its path from the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const NOT_OURS = new Set(['node_modules', 'dist', '.git', 'data', 'coverage']);

/** Every file under a folder of the repository whose name ends in one of `endings`, except what was generated. */
export function filesUnder(folder: string, endings: readonly string[]): readonly SourceFile[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry): readonly SourceFile[] => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesUnder(path, endings);
    if (!endings.some((ending) => entry.name.endsWith(ending))) return [];
    return [{ path, text: readFileSync(join(ROOT, path), 'utf8') }];
  });
}

/** One file of the repository. */
export function fileAt(path: string): SourceFile {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** Whether a file is a test, a suite or something that only tests use. */
export function isTest({ path }: SourceFile): boolean {
  return /\.(test|suite)\.ts$/.test(path) || path.startsWith('gateway/test/');
}

/** The program itself: everything under `gateway/src` that isn't a test. */
export function programFiles(): readonly SourceFile[] {
  return filesUnder('gateway/src', ['.ts']).filter((file) => !isTest(file));
}

/** The code with its comments blanked, lines kept, so that a rule isn't set off by a sentence about it. */
export function withoutComments(code: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  // Strings and templates are matched first and kept, or a "//" inside an address would look like a comment.
  const pieces = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return code.replace(pieces, (piece) => (piece.startsWith('/*') || piece.startsWith('//') ? blank(piece) : piece));
}

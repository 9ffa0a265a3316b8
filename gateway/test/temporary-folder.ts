import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the names of all temporary folders begin with. */
const PREFIX = 'synthlang-';
const made = new Set<string>();

/**
 * Makes a folder that goes when the tests of the file are over. Tests make none in any other way, so that no run leaves
 * anything behind.
 */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${name}-`));
  made.add(folder);
  return folder;
}

/** Removes such a folder before its time. */
export function removeTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  made.delete(folder);
}

/** Removes all that are left. */
export function removeTemporaryFolders(): void {
  for (const folder of made) removeTemporaryFolder(folder);
}

/** The temporary folders that lie in a folder. */
export function temporaryFoldersIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.startsWith(PREFIX));
}

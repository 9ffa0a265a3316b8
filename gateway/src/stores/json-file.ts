import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One value that is kept in a file of its own. */
export interface JsonFile {
  /** `undefined` when nothing was ever kept. Throws when what is there isn't JSON. */
  readonly read: () => unknown;
  /** Leaves the old value or the new one, whatever happens meanwhile. */
  readonly write: (value: unknown) => Promise<void>;
}

/** A JSON file that only the owner can read. */
export function jsonFile(path: string): JsonFile {
  return {
    read: () => {
      const text = textOf(path);
      try {
        return text === undefined ? undefined : (JSON.parse(text) as unknown);
      } catch {
        throw new Error(`${path} is not JSON; restore it, or delete it to begin anew.`);
      }
    },
    write: async (value) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rm(`${path}.new`, { force: true }); // one that a crash left behind would keep its own mode
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      await syncFolder(dirname(path));
    },
  };
}

/** Until its folder is on the disk, a new name may be lost. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

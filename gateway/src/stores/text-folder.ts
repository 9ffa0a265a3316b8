import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FolderFile, TextFolder } from '../model/text-folder.ts';

/** How much of a folder is looked at. */
export interface TextFolderLimits {
  readonly filesMax: number;
  readonly fileBytesMax: number;
}

const DEPTH_MAX = 20;
const LEFT_OUT = new Set(['node_modules']);

/** A folder on disk. Links are not followed, what begins with a dot is left out, and nothing outside is ever read. */
export function textFolder(folder: string, limits: TextFolderLimits): TextFolder {
  return {
    list: async () => {
      const files: FolderFile[] = [];
      await collect(folder, '', { files, limits, depth: 0 });
      return files;
    },
    read: async (path) => {
      const root = await orUndefined(realpath(folder));
      const real = root === undefined ? undefined : await orUndefined(realpath(join(root, path)));
      // A link may have taken the place of a folder since it was listed.
      if (root === undefined || real === undefined || real !== join(root, path) || !real.startsWith(root + sep))
        return undefined;
      return orUndefined(textOf(real, limits.fileBytesMax));
    },
  };
}

interface Collecting {
  readonly files: FolderFile[];
  readonly limits: TextFolderLimits;
  readonly depth: number;
}

async function collect(root: string, within: string, collecting: Collecting): Promise<void> {
  const { files, limits, depth } = collecting;
  const entries = await readdir(join(root, within), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (files.length >= limits.filesMax) return;
    if (entry.name.startsWith('.') || LEFT_OUT.has(entry.name)) continue;
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    if (entry.isDirectory() && depth < DEPTH_MAX)
      await orUndefined(collect(root, path, { ...collecting, depth: depth + 1 }));
    else if (entry.isFile()) {
      const facts = await orUndefined(lstat(join(root, path)));
      if (facts?.isFile() && facts.size > 0 && facts.size <= limits.fileBytesMax)
        files.push({ path, sizeBytes: facts.size, modifiedMs: facts.mtimeMs });
    }
  }
}

async function textOf(path: string, bytesMax: number): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(bytesMax);
    const { bytesRead } = await file.read(buffer, 0, bytesMax, 0);
    const bytes = buffer.subarray(0, bytesRead);
    return bytes.includes(0) || !isUtf8(bytes) ? undefined : bytes.toString('utf8');
  } finally {
    await file.close();
  }
}

/** Files come and go while a folder is read. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}

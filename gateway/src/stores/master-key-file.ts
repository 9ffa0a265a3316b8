import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'master-key.json';

/** The hash of the key that the first start made. The key itself is kept nowhere. */
export interface StoredMasterKey {
  readonly sha256: string;
}

/** Reads the stored hash; `undefined` before the first start. Throws when the file is there but isn't ours. */
export function readMasterKey(dataDir: string): StoredMasterKey | undefined {
  const path = join(dataDir, FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const sha256 = hashIn(text);
  if (sha256 === undefined) throw new Error(`${path} holds no key hash; restore it, or delete it to get a new key.`);
  return { sha256 };
}

function hashIn(text: string): string | undefined {
  try {
    const stored = JSON.parse(text) as { sha256?: unknown } | null;
    return typeof stored?.sha256 === 'string' && /^[0-9a-f]{64}$/.test(stored.sha256) ? stored.sha256 : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the hash so that a crash leaves the old file or the new one, and only the owner can read it. */
export function writeMasterKey(dataDir: string, key: StoredMasterKey): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, FILE);
  rmSync(`${path}.new`, { force: true }); // one that a crash left behind would keep its own mode
  writeFileSync(`${path}.new`, `${JSON.stringify(key)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

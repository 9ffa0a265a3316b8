import { join } from 'node:path';
import { jsonFile } from './json-file.ts';

/** The hash of the key that the first start made. The key itself is kept nowhere. */
export interface StoredMasterKey {
  readonly sha256: string;
}

/** Where a data folder keeps it. */
export interface MasterKeyFile {
  /** `undefined` before the first start. Throws when the file is there but isn't ours. */
  readonly read: () => StoredMasterKey | undefined;
  readonly write: (key: StoredMasterKey) => Promise<void>;
}

/** The file for the hash in a data folder. */
export function masterKeyFile(dataDir: string): MasterKeyFile {
  const path = join(dataDir, 'master-key.json');
  const file = jsonFile(path);
  return {
    read: () => {
      const stored = file.read();
      if (stored === undefined) return undefined;
      const sha256 = typeof stored === 'object' && stored !== null && 'sha256' in stored ? stored.sha256 : undefined;
      if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) return { sha256 };
      throw new Error(`${path} holds no key hash; restore it, or delete it to get a new key.`);
    },
    write: file.write,
  };
}

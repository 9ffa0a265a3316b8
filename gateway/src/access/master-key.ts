import { randomBytes } from 'node:crypto';
import { keyHash, type KnownKey } from './keyring.ts';

/** A key of 256 random bits, in the form that clients expect. */
export function newMasterKey(): string {
  return `sk-${randomBytes(32).toString('base64url')}`;
}

/** Where the hash of a generated key is kept. */
export interface MasterKeyPlace {
  readonly read: () => { readonly sha256: string } | undefined;
  readonly write: (key: { readonly sha256: string }) => Promise<void>;
}

/** The key of the first start: made once, shown once, kept as a hash. */
export interface FirstKey {
  readonly known: KnownKey;
  /** The text, only on the start that made it. */
  readonly shown: string | undefined;
  /** Keeps the hash of a new key. Not before the key can be shown: a key that nobody saw would lock everybody out. */
  readonly keep: () => Promise<void>;
}

/** Finds the generated key, or makes it. */
export function firstKey({ read, write }: MasterKeyPlace): FirstKey {
  const caller = { keyId: 'master', role: 'admin' } as const;
  const stored = read();
  if (stored) return { known: { sha256: stored.sha256, caller }, shown: undefined, keep: () => Promise.resolve() };
  const key = newMasterKey();
  return { known: { key, caller }, shown: key, keep: () => write({ sha256: keyHash(key) }) };
}

import { hash, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../model/turn.ts';

/** A key that callers may use: the text itself, or the SHA-256 of a key whose text nobody has any more. */
export type KnownKey = { readonly caller: Caller } & ({ readonly key: string } | { readonly sha256: string });

/** Longer ones are refused unread. */
export const KEY_CHARACTERS_MAX = 512;

/** Knows keys by their hash. */
export interface Keyring {
  readonly callerOf: (key: string) => Caller | undefined;
  readonly size: number;
}

/** The SHA-256 of a key, in hexadecimal. Keys are long and random, so no slow hash is needed. */
export function keyHash(key: string): string {
  return hash('sha256', key, 'hex');
}

/** The keys of the configuration, and those that somebody else knows, who is asked first. */
export function joinedKeyring(others: Pick<Keyring, 'callerOf' | 'size'>, own: Keyring): Keyring {
  return {
    callerOf: (key) => others.callerOf(key) ?? own.callerOf(key),
    get size() {
      return others.size + own.size;
    },
  };
}

/** A table of keys by hash. The text of a key isn't kept. */
export function keyring(keys: readonly KnownKey[]): Keyring {
  const byHash = new Map(
    keys.map((known) => {
      const sha256 = 'key' in known ? keyHash(known.key) : known.sha256;
      return [sha256, { caller: known.caller, digest: Buffer.from(sha256, 'hex') }] as const;
    }),
  );
  return {
    size: byHash.size,
    callerOf: (key) => {
      const sha256 = keyHash(key);
      const known = byHash.get(sha256);
      // The look-up is by the whole hash, which a caller can't steer; the comparison takes the same time wherever it differs.
      return known && timingSafeEqual(known.digest, Buffer.from(sha256, 'hex')) ? known.caller : undefined;
    },
  };
}

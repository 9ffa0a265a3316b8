import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import type { Sealing } from './contract.ts';

/** AES-256-GCM, its key by scrypt from the secret. Beginning of each sealed row, so that a later way can be told apart. */
const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** 32 MiB and some tenths of a second for each guess. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 67_108_864 };
const SALTS_KNOWN_MAX = 1000;

/** Gets ready to seal: one salt for this run, kept in each row, so that gateways need share nothing but the secret. */
export async function openSealing(secret: string): Promise<Sealing> {
  const salt = randomBytes(SALT_BYTES);
  const own = await keyFrom(secret, salt);
  const keys = new Map([[salt.toString('hex'), Promise.resolve(own)]]);
  const keyOf = (of: Buffer): Promise<Buffer> => {
    const name = of.toString('hex');
    const key = keys.get(name) ?? keyFrom(secret, of);
    // Also while it is being made: many who read what one run wrote wait for one key together.
    if (keys.size < SALTS_KNOWN_MAX) keys.set(name, key);
    key.catch(() => keys.delete(name));
    return key;
  };
  return {
    seal: (text, about) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, own, nonce).setAAD(Buffer.from(about));
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), salt, nonce, cipher.getAuthTag(), hidden]);
    },
    open: async (sealed, about) => {
      const { salt: of, nonce, tag, hidden } = partsOf(Buffer.from(sealed));
      const decipher = createDecipheriv(CIPHER, await keyOf(of), nonce)
        .setAAD(Buffer.from(about))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
    },
  };
}

function partsOf(sealed: Buffer) {
  if (sealed[0] !== VERSION) throw new Error('These bytes were sealed in a way that is not known here.');
  let at = 1;
  const next = (bytes: number): Buffer => sealed.subarray(at, (at += bytes));
  return { salt: next(SALT_BYTES), nonce: next(NONCE_BYTES), tag: next(TAG_BYTES), hidden: sealed.subarray(at) };
}

function keyFrom(secret: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

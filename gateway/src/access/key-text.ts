import { createHmac, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const SHOWN_CHARACTERS = 4;

/** A new key: 256 random bits, in the form that clients expect. */
export function newKeyText(): string {
  return `sk-${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/** A secret of the installation, without which stored hashes can't be tried against guesses. */
export function newPepper(): string {
  return randomBytes(KEY_BYTES).toString('hex');
}

/** The keyed hash that stands for a key everywhere: HMAC-SHA-256, in hexadecimal. */
export function keyedHash(key: string, pepper: string): string {
  return createHmac('sha256', pepper).update(key).digest('hex');
}

/** Enough of a key to recognise it, not enough to use it. */
export function keyName(key: string): string {
  return `sk-...${key.slice(-SHOWN_CHARACTERS)}`;
}

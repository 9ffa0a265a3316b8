import { createHash } from 'node:crypto';

const CHARACTERS = 22;

/** Names bytes by what they are, for browsers that have them already. */
export function entityTag(bytes: Buffer): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, CHARACTERS)}"`;
}

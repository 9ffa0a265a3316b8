import type { ReasoningPart } from '../../model/request.ts';

/**
 * Another wire's proof of reasoning travels as `encrypted_content`, which clients give back as they got it; this mark
 * tells it from OpenAI's own, which no other provider can read.
 */
const SIGNED = 'synthlang:signed:';
const REDACTED = 'synthlang:redacted:';

/** Says another wire's signature. */
export function signedProof(signature: string): string {
  return SIGNED + signature;
}

/** Says another wire's encrypted reasoning. */
export function redactedProof(data: string): string {
  return REDACTED + data;
}

/** What another wire's proof was; `undefined` for OpenAI's own. */
export function proofOf(encrypted: unknown): Pick<ReasoningPart, 'signature' | 'redacted'> | undefined {
  if (typeof encrypted !== 'string') return undefined;
  if (encrypted.startsWith(SIGNED)) return { signature: encrypted.slice(SIGNED.length) };
  return encrypted.startsWith(REDACTED) ? { redacted: encrypted.slice(REDACTED.length) } : undefined;
}

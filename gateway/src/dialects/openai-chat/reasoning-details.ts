import type { ReasoningPart } from '../../model/request.ts';
import { isObject, type JsonObject } from '../json-object.ts';

/**
 * Chat completions have no place of their own for the proofs that some models want back with their reasoning.
 * OpenRouter's `reasoning_details` is the form that clients know to give back as they got it.
 * https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export function signedDetail(text: string, signature: string, index: number): JsonObject {
  return { type: 'reasoning.text', text, signature, format: SIGNED_FORMAT, index };
}

/** Reasoning that only its provider can read. */
export function encryptedDetail(data: string, index: number): JsonObject {
  return { type: 'reasoning.encrypted', data, format: SIGNED_FORMAT, index };
}

const SIGNED_FORMAT = 'anthropic-claude-v1';

/** The parts that came with a proof. `undefined` where the list has none, or things that aren't such details. */
export function readSignedDetails(details: unknown): readonly ReasoningPart[] | undefined {
  if (!Array.isArray(details) || details.length === 0) return undefined;
  const parts: ReasoningPart[] = [];
  for (const detail of details as unknown[]) {
    if (!isObject(detail) || detail['format'] !== SIGNED_FORMAT) return undefined;
    const { type, text, signature, data } = detail;
    if (type === 'reasoning.text' && typeof text === 'string' && typeof signature === 'string') {
      parts.push({ type: 'reasoning', text, signature });
    } else if (type === 'reasoning.encrypted' && typeof data === 'string') {
      parts.push({ type: 'reasoning', text: '', redacted: data });
    } else return undefined;
  }
  return parts;
}

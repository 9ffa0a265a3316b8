import { isObject } from '../json-object.ts';

/** One piece of a content list. */
export type ContentPiece =
  | { readonly kind: 'text' | 'reasoning'; readonly text: string }
  | { readonly kind: 'native'; readonly value: unknown };

/**
 * Reads content that is a list, as Mistral's thinking models give it.
 * https://docs.mistral.ai/capabilities/reasoning
 */
export function* contentPieces(content: unknown): Generator<ContentPiece> {
  if (!Array.isArray(content)) return;
  for (const part of content as unknown[]) {
    if (typeof part === 'string') yield { kind: 'text', text: part };
    else if (isObject(part) && part['type'] === 'text' && typeof part['text'] === 'string') {
      if (part['text'] !== '') yield { kind: 'text', text: part['text'] };
    } else if (isObject(part) && part['type'] === 'thinking') {
      const texts = thinkingTexts(part['thinking']);
      if (!texts) yield { kind: 'native', value: part };
      else if (texts.some((text) => text !== '')) yield { kind: 'reasoning', text: texts.join('') };
    } else yield { kind: 'native', value: part };
  }
}

/** Thinking is a string or a list of texts; `undefined` if it is anything else. */
export function thinkingTexts(thinking: unknown): readonly string[] | undefined {
  if (typeof thinking === 'string') return [thinking];
  if (!Array.isArray(thinking)) return undefined;
  const texts: string[] = [];
  for (const part of thinking as unknown[]) {
    if (!isObject(part) || part['type'] !== 'text' || typeof part['text'] !== 'string') return undefined;
    if (Object.keys(part).length > 2) return undefined;
    texts.push(part['text']);
  }
  return texts;
}

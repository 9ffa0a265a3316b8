import { type Compressor, isFaithful, tokenChange } from '../compressors/contract.ts';
import type { CompressedText, CompressWish, DecompressWish, TextCompression } from '../model/compressed-text.ts';
import { refusedField } from '../model/error.ts';
import { type Counter, encodeBlock } from './encode-block.ts';
import { LEVELS } from './levels.ts';

/** What the compression of single texts is made of. */
export interface TextCompressionParts {
  readonly compressors: readonly Compressor[];
  /** Used only where they are named, and then whatever they do to the tokens. */
  readonly legacy: readonly Compressor[];
  readonly legacyDecompress: (text: string) => string;
  readonly counterFor: (model: string) => Promise<Counter>;
}

/** Compresses and restores single texts for whoever asks for that, and counts honestly. */
export function textCompression(parts: TextCompressionParts): TextCompression {
  return {
    async compress(wish) {
      const counter = await parts.counterFor(wish.model);
      const { text, codec, isLossless } = 'codec' in wish ? named(wish, parts) : best(wish, parts, counter);
      return { ...counted(wish.text, text, counter), codec, isLossless };
    },
    async decompress(wish) {
      const counter = await parts.counterFor(wish.model);
      const { text, codec, isLossless } = restored(wish, parts);
      return { ...counted(wish.text, text, counter), codec, isLossless };
    },
  };
}

type Rewritten = Pick<CompressedText, 'text' | 'codec' | 'isLossless'>;

function best(
  { text, level }: Extract<CompressWish, { level: unknown }>,
  { compressors }: TextCompressionParts,
  counter: Counter,
): Rewritten {
  const allowed = compressors.filter(({ id }) => LEVELS[level].includes(id));
  const encoding = encodeBlock(text, allowed, counter);
  return { text: encoding?.text ?? text, codec: encoding?.codec ?? 'none', isLossless: true };
}

function named({ text, codec }: Extract<CompressWish, { codec: unknown }>, parts: TextCompressionParts): Rewritten {
  const all = [...parts.compressors, ...parts.legacy];
  const compressor = all.find(({ id }) => id === codec);
  if (!compressor) {
    const names = all.map(({ id }) => id).join(', ');
    throw refusedField('codec', `must be one of ${names}`);
  }
  const compressed = compressor.compress(text);
  if (compressed === undefined) return { text, codec: 'none', isLossless: true };
  return { text: compressed, codec, isLossless: isFaithful(compressor, text, compressed) };
}

/** Every compressor knows what it has written itself; a text that is its own essence was written by nobody. */
function restored({ text, isLegacy }: DecompressWish, parts: TextCompressionParts): Rewritten {
  for (const { id, restore, essence } of [...parts.compressors, ...parts.legacy]) {
    const original = restore && restoredOrNothing(restore, text);
    if (original !== undefined && original !== (essence ?? String)(text))
      return { text: original, codec: id, isLossless: true };
  }
  if (isLegacy) return { text: parts.legacyDecompress(text), codec: 'legacy', isLossless: false };
  return { text, codec: 'none', isLossless: true };
}

function restoredOrNothing(restore: (text: string) => string, text: string): string | undefined {
  try {
    return restore(text);
  } catch {
    return undefined;
  }
}

function counted(original: string, text: string, { count, tokenizer, isExact }: Counter) {
  return { text, ...tokenChange(original, text, count), tokenizer, isExact };
}

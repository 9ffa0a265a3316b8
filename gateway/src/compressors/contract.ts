/**
 * A compressor says the same in fewer tokens. It is pure: same text in, same text out, no I/O, no clock, and it imports
 * nothing of ours. It only rewrites; which texts may be touched, whether tokens were really saved and whether the result
 * can be trusted is decided by whoever uses it. What it writes says in its first line how it is to be read. To write one,
 * make a folder with a file of its name, add it to `index.ts`, and the suite over the index does the rest.
 */
export interface Compressor {
  readonly id: string;
  /** What may be lost: nothing, only layout that carries no meaning (blanks between JSON values), or wording. */
  readonly loss: 'none' | 'layout' | 'wording';
  /** `undefined` where the text isn't of its kind, or where it isn't sure. */
  readonly compress: (text: string) => string | undefined;
  /** What was kept of the original: `restore(compress(text))` is `essence(text)`. Throws on what it didn't write. */
  readonly restore?: (compressed: string) => string;
  /** The text without what this compressor may lose. Absent where that is the text itself. */
  readonly essence?: (text: string) => string | undefined;
}

/** Counts tokens, or stands in for it. */
export type CountTokens = (text: string) => number;

/** Whether a compressed text gives back all that its compressor promises to keep. Never throws. */
export function isFaithful({ restore, essence }: Compressor, text: string, compressed: string): boolean {
  if (!restore) return false;
  try {
    return restore(compressed) === (essence ? essence(text) : text);
  } catch {
    return false;
  }
}

/** What compressing did to the tokens that a provider counts. */
export interface TokenChange {
  readonly originalTokens: number;
  readonly compressedTokens: number;
  /** Percent of the tokens that were saved; below 0 where there are more than before. */
  readonly reductionPercent: number;
}

/** Counts what was really saved, or lost. */
export function tokenChange(original: string, compressed: string, count: CountTokens): TokenChange {
  const originalTokens = count(original);
  const compressedTokens = count(compressed);
  const saved = originalTokens === 0 ? 0 : (originalTokens - compressedTokens) / originalTokens;
  return { originalTokens, compressedTokens, reductionPercent: Math.round(saved * 1000) / 10 };
}

import type { ChatRequest } from './request.ts';

/** How far saving tokens goes. */
export type SavingLevel = 'low' | 'medium' | 'high';

/** What somebody wants of one text: the best of a level, or one compressor by its name. */
export type CompressWish = {
  readonly text: string;
  /** Whose tokens are counted. */
  readonly model: string;
} & ({ readonly level: SavingLevel } | { readonly codec: string });

/** A compressed text that somebody wants to read. */
export interface DecompressWish {
  readonly text: string;
  readonly model: string;
  /** Whether abbreviations and symbols are undone as well, as badly as that can be done. */
  readonly isLegacy: boolean;
}

/** A text, compressed or restored, and what that did to its tokens. */
export interface CompressedText {
  readonly text: string;
  /** Which compressor wrote it; `none` where it is unchanged. */
  readonly codec: string;
  /** Whether all that matters of the original comes back. */
  readonly isLossless: boolean;
  readonly originalTokens: number;
  readonly compressedTokens: number;
  /** Percent of the tokens that were saved; below 0 where there are more than before. */
  readonly reductionPercent: number;
  readonly tokenizer: string;
  /** Whether the count is the model's own; else it is an estimate. */
  readonly isExact: boolean;
}

/** Compresses and restores single texts. */
export interface TextCompression {
  readonly compress: (wish: CompressWish) => Promise<CompressedText>;
  readonly decompress: (wish: DecompressWish) => Promise<CompressedText>;
}

/** What saving did to the tokens of one request. */
export interface SavedRequest {
  /** Of all its texts. */
  readonly originalTokens: number;
  readonly compressedTokens: number;
  /** The worst of its texts; `same value` lost blanks between JSON values and nothing else. */
  readonly comesBack: 'exactly' | 'same value' | 'no';
  readonly tokenizer: string;
  readonly isExact: boolean;
}

/** Counts what saving would do to a request. */
export type SaveRequest = (request: ChatRequest, model: string, level: SavingLevel) => Promise<SavedRequest>;

import { type Compressor, isFaithful } from '../compressors/contract.ts';

/** Counts tokens as the model's tokenizer does, or nearly so. */
export interface Counter {
  readonly isExact: boolean;
  /** Which tokenizer it is, for the record. */
  readonly tokenizer: string;
  readonly count: (text: string) => number;
}

/** A block in fewer tokens, checked: it says all that the block said. */
export interface Encoding {
  /** The compressor that wrote it. */
  readonly codec: string;
  readonly text: string;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** Saving less than this is not worth it: a model reads what it knows more easily. */
const SAVED_TOKENS_MIN = 24;
const SAVED_SHARE_MIN = 0.02;
/** A text that is longer than the shortest by more than this has no fewer tokens, so they needn't be counted. */
const LENGTH_FACTOR_MAX = 1.3;
/** Longer texts would hold up other requests. Depends on the text alone, so that a block has the same fate each time. */
const BLOCK_CHARS_MAX = 500_000;

/** Whether an encoding saves enough. Where counts are estimates it must save twice as much. */
export function isWorthIt({ isExact }: Counter, tokensBefore: number, tokensAfter: number): boolean {
  const margin = Math.max(SAVED_TOKENS_MIN, tokensBefore * SAVED_SHARE_MIN) * (isExact ? 1 : 2);
  return tokensAfter <= tokensBefore - margin;
}

/** The shortest faithful encoding of a text by any of the compressors. `undefined` where none is worth it. */
export function encodeBlock(text: string, compressors: readonly Compressor[], counter: Counter): Encoding | undefined {
  if (text.length > BLOCK_CHARS_MAX) return undefined;
  const drafts = compressors.flatMap((compressor) => {
    const compressed = compressor.compress(text);
    return compressed === undefined || compressed.length >= text.length ? [] : [{ compressor, compressed }];
  });
  if (drafts.length === 0) return undefined;
  const tokensBefore = counter.count(text);
  const charsMost = Math.min(...drafts.map(({ compressed }) => compressed.length)) * LENGTH_FACTOR_MAX;
  const short = drafts.filter(({ compressed }) => compressed.length <= charsMost);
  const counted = short.map((draft) => ({ ...draft, tokensAfter: counter.count(draft.compressed) }));
  const inOrder = counted.sort((one, other) => one.tokensAfter - other.tokensAfter);
  const best = inOrder.find(
    ({ compressor, compressed, tokensAfter }) =>
      isWorthIt(counter, tokensBefore, tokensAfter) && isFaithful(compressor, text, compressed),
  );
  return best && { codec: best.compressor.id, text: best.compressed, tokensBefore, tokensAfter: best.tokensAfter };
}

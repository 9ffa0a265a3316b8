import type { Vocabulary } from './byte-pair.ts';
import type { TokenFamily } from './family.ts';

/**
 * Reads the tables of a tokenizer, which takes some 0.3 s and 50 MB; so this happens when a family is first needed,
 * best at start. OpenAI's come from gpt-tokenizer, Anthropic's last public ones from ai-tokenizer.
 */
export const vocabularies: Readonly<Record<TokenFamily, () => Promise<Vocabulary>>> = {
  async o200k() {
    const [{ default: list }, { O200K_TOKEN_SPLIT_REGEX: words }] = await Promise.all([
      import('gpt-tokenizer/bpeRanks/o200k_base'),
      import('gpt-tokenizer/encodingParams/constants'),
    ]);
    return { words, ranks: ranksOf(list) };
  },
  async cl100k() {
    const [{ default: list }, { CL100K_TOKEN_SPLIT_REGEX: words }] = await Promise.all([
      import('gpt-tokenizer/bpeRanks/cl100k_base'),
      import('gpt-tokenizer/encodingParams/constants'),
    ]);
    return { words, ranks: ranksOf(list) };
  },
  async claude() {
    const { stringEncoder, binaryEncoder, pat_str: pattern } = await import('ai-tokenizer/encoding/claude');
    const ranks = new Map<string, number>();
    for (const [token, rank] of Object.entries(stringEncoder)) ranks.set(latin1(token), rank);
    for (const [bytes, rank] of binaryEncoder) ranks.set(Buffer.from(bytes).toString('latin1'), rank);
    return { words: new RegExp(pattern, 'gu'), ranks };
  },
};

/** A token's rank is its place in the list; it is written as text, or as bytes where those are no text. */
function ranksOf(list: readonly (string | readonly number[])[]): Map<string, number> {
  const ranks = new Map<string, number>();
  list.forEach((token, rank) =>
    ranks.set(typeof token === 'string' ? latin1(token) : Buffer.from(token).toString('latin1'), rank),
  );
  return ranks;
}

function latin1(token: string): string {
  return Buffer.from(token).toString('latin1');
}

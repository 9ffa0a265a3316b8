import { hash } from 'node:crypto';
import { BytePairCounter } from './byte-pair.ts';
import { familyOf, type TokenFamily } from './family.ts';
import { vocabularies } from './vocabularies.ts';

/** Counts tokens of texts for the models of one family. */
export interface TokenCounter {
  /** Whether a count is the model's own. Else it is an estimate, and has to be called one. */
  readonly isExact: boolean;
  /** Which tokenizer counts, for records. */
  readonly tokenizer: TokenFamily;
  readonly count: (text: string) => number;
  /** Whether a text has at most so many tokens; mostly known without counting all of it. */
  readonly isWithin: (text: string, limit: number) => boolean;
}

/** Longest token of the known vocabularies. */
const TOKEN_BYTES_MAX = 128;
/** Shorter texts are counted faster than they are looked up. */
const REMEMBERED_CHARS_MIN = 512;
const REMEMBERED_BLOCKS_MAX = 10_000;
/** Claude's public tokenizer is older than the models; what they count is about so much more. */
const CLAUDE_FACTOR = 1.1;

/** What a text has at least and at most, from its length alone: a token is a byte or more, and 128 at most. */
export function tokenBounds(text: string): { readonly least: number; readonly most: number } {
  const bytes = Buffer.byteLength(text);
  return { least: Math.ceil(bytes / TOKEN_BYTES_MAX), most: bytes };
}

const loading = new Map<TokenFamily, Promise<BlockCounter>>();

/**
 * Gives the counter for a model. The first of a family waits for its tables. `remembers: false` counts every text each
 * time, for whoever wants to know what counting costs.
 */
export async function tokenCounter(model: string, { remembers = true } = {}): Promise<TokenCounter> {
  const { family, isExact } = familyOf(model);
  const loaded = await blockCounter(family);
  const blocks = remembers ? loaded : loaded.words;
  const factor = family === 'claude' ? CLAUDE_FACTOR : 1;
  return {
    isExact,
    tokenizer: family,
    count: (text) => Math.ceil(blocks.count(text) * factor),
    isWithin: (text, limit) => {
      const scaled = Math.floor(limit / factor);
      const { least, most } = tokenBounds(text);
      if (most <= scaled || least > scaled) return most <= scaled;
      return loaded.isWithin(text, scaled);
    },
  };
}

function blockCounter(family: TokenFamily): Promise<BlockCounter> {
  const known = loading.get(family);
  if (known) return known;
  const loaded = vocabularies[family]().then((vocabulary) => new BlockCounter(new BytePairCounter(vocabulary)));
  loading.set(family, loaded);
  return loaded;
}

/** Remembers the counts of long texts by their digest, since conversations come again with every turn. */
class BlockCounter {
  readonly words: BytePairCounter;
  #remembered = new Map<string, number>();

  constructor(words: BytePairCounter) {
    this.words = words;
  }

  count(text: string): number {
    if (text.length < REMEMBERED_CHARS_MIN) return this.words.count(text);
    const digest = digestOf(text);
    const known = this.#remembered.get(digest);
    if (known !== undefined) return known;
    const count = this.words.count(text);
    if (this.#remembered.size >= REMEMBERED_BLOCKS_MAX) this.#remembered = new Map();
    this.#remembered.set(digest, count);
    return count;
  }

  isWithin(text: string, limit: number): boolean {
    const known = text.length < REMEMBERED_CHARS_MIN ? undefined : this.#remembered.get(digestOf(text));
    return (known ?? this.words.count(text, limit)) <= limit;
  }
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64');
}

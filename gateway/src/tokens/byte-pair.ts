import { slices } from './slices.ts';

/** What a tokenizer knows: how words are told apart, and the rank of each token by its bytes, written as Latin-1. */
export interface Vocabulary {
  /** Must be global; it may not look further than a bounded way back. */
  readonly words: RegExp;
  readonly ranks: ReadonlyMap<string, number>;
}

/** Words whose token counts are remembered. Longer ones are rare and not worth the memory. */
const REMEMBERED_WORDS_MAX = 50_000;
const REMEMBERED_CHARS_MAX = 48;
/** Up to here the lowest pair is found by looking at all of them; beyond, by a heap. */
const SHORT_WORD_BYTES = 48;

/**
 * Counts tokens as a byte-pair encoding makes them, without making them. Special tokens in the text are plain text.
 * Unlike the packages whose tables it uses, it needs n log n and not n² steps for a word of n bytes.
 */
export class BytePairCounter {
  readonly #words: RegExp;
  readonly #tables: Tables;
  #remembered = new Map<string, number>();

  constructor({ words, ranks }: Vocabulary) {
    this.#words = words;
    this.#tables = { ranks, ofPair: pairTable(ranks) };
  }

  /** Tokens of a text. Stops early, with a count above `most`, once it is known to be more than that. */
  count(text: string, most = Number.POSITIVE_INFINITY): number {
    let count = 0;
    for (const slice of slices(text)) {
      for (const word of slice.match(this.#words) ?? []) count += this.#countWord(word);
      if (count > most) break;
    }
    return count;
  }

  #countWord(word: string): number {
    const known = this.#remembered.get(word);
    if (known !== undefined) return known;
    const bytes = isAscii(word) ? word : Buffer.from(word).toString('latin1');
    const count = this.#tables.ranks.has(bytes) ? 1 : mergedCount(bytes, this.#tables);
    if (word.length <= REMEMBERED_CHARS_MAX) this.#remember(word, count);
    return count;
  }

  #remember(word: string, count: number): void {
    if (this.#remembered.size >= REMEMBERED_WORDS_MAX) this.#remembered = new Map();
    this.#remembered.set(word, count);
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

const NO_RANK = 0x7fffffff;

/** The ranks, and those of two bytes by their number, since these are asked for most. */
interface Tables {
  readonly ranks: ReadonlyMap<string, number>;
  readonly ofPair: Int32Array;
}

function pairTable(ranks: ReadonlyMap<string, number>): Int32Array {
  const table = new Int32Array(2 ** 16).fill(NO_RANK);
  for (const [token, rank] of ranks) if (token.length === 2) table[pairAt(token, 0)] = rank;
  return table;
}

function pairAt(bytes: string, at: number): number {
  return bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1);
}

function mergedCount(bytes: string, tables: Tables): number {
  return bytes.length <= SHORT_WORD_BYTES ? mergeShort(bytes, tables) : mergeLong(bytes, tables);
}

function mergeShort(bytes: string, { ranks, ofPair }: Tables): number {
  const starts: number[] = [0];
  const pairs: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    starts.push(at + 1);
    pairs.push(at + 2 <= bytes.length ? (ofPair[pairAt(bytes, at)] ?? NO_RANK) : NO_RANK);
  }
  const rankAt = (at: number): number => {
    const end = starts[at + 2];
    return end === undefined ? NO_RANK : (ranks.get(bytes.slice(starts[at], end)) ?? NO_RANK);
  };
  for (;;) {
    let lowest = NO_RANK;
    let place = -1;
    for (let at = 0; at < pairs.length; at += 1) {
      const rank = pairs[at] ?? NO_RANK;
      if (rank >= lowest) continue;
      lowest = rank;
      place = at;
    }
    if (place === -1) return starts.length - 1;
    starts.splice(place + 1, 1);
    pairs.splice(place + 1, 1);
    pairs[place] = rankAt(place);
    if (place > 0) pairs[place - 1] = rankAt(place - 1);
  }
}

/** The same with a heap of pairs, lowest rank first and leftmost among equals. Pairs that no longer stand are skipped. */
function mergeLong(bytes: string, { ranks, ofPair }: Tables): number {
  const size = bytes.length;
  const next = Int32Array.from({ length: size + 1 }, (_, at) => at + 1);
  const previous = Int32Array.from({ length: size + 1 }, (_, at) => at - 1);
  const pairs = new Int32Array(size + 1).fill(NO_RANK);
  const heap = new NumberHeap();
  const offer = (at: number): void => {
    const middle = next[at] ?? size;
    const end = middle >= size ? at : (next[middle] ?? size);
    const rank = end - at === 2 ? ofPair[pairAt(bytes, at)] : end > at ? ranks.get(bytes.slice(at, end)) : undefined;
    pairs[at] = rank ?? NO_RANK;
    if (rank !== undefined && rank !== NO_RANK) heap.push(rank * PLACES + at);
  };
  for (let at = 0; at < size; at += 1) offer(at);
  let count = size;
  for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
    const at = key % PLACES;
    if (pairs[at] !== (key - at) / PLACES) continue;
    const gone = next[at] ?? size;
    const after = next[gone] ?? size;
    next[at] = after;
    previous[after] = at;
    pairs[gone] = NO_RANK;
    count -= 1;
    offer(at);
    const before = previous[at] ?? -1;
    if (before >= 0) offer(before);
  }
  return count;
}

/** More than any word's bytes: a slice has 16,384 characters of at most 3 bytes. Rank and place then fit in one number. */
const PLACES = 2 ** 17;

class NumberHeap {
  readonly #keys: number[] = [];

  push(key: number): void {
    const keys = this.#keys;
    let at = keys.length;
    keys.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = keys[parent] ?? key;
      if (above <= key) break;
      keys[at] = above;
      at = parent;
    }
    keys[at] = key;
  }

  pop(): number | undefined {
    const keys = this.#keys;
    const top = keys[0];
    const last = keys.pop();
    if (top === undefined || last === undefined || keys.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= keys.length) break;
      const right = keys[left + 1] ?? Number.POSITIVE_INFINITY;
      const child = (keys[left] ?? 0) <= right ? left : left + 1;
      const below = keys[child] ?? last;
      if (below >= last) break;
      keys[at] = below;
      at = child;
    }
    keys[at] = last;
    return top;
  }
}

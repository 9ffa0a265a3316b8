import type { Compressor } from '../compressors/contract.ts';
import type { ChatRequest, TextEdit } from '../model/request.ts';
import { allTexts, type Block, blocksOf, placeName, withTexts } from './blocks.ts';
import { type Counter, encodeBlock, type Encoding, isWorthIt } from './encode-block.ts';
import { isElsewhereUntouched } from './verify.ts';
import { digestOf, Remembered } from './remembered.ts';
import { REPEATED, repeatedBlocks } from './repeated-blocks.ts';

/** How one block was said in fewer tokens. */
export interface BlockSaving extends Omit<Encoding, 'text'> {
  readonly name: string;
}

/** What was, or could have been, saved in one request. */
export interface Savings {
  readonly tokenizer: string;
  readonly isExact: boolean;
  /** Tokens of all blocks that a compressor could shorten. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly blocks: readonly BlockSaving[];
  /** Blocks that could be shorter and were left, because the provider may have them in its cache as they are. */
  readonly cachedBlocks: number;
}

/** A request in fewer tokens. */
export interface Saved {
  /** Absent where nothing was changed. */
  readonly request?: ChatRequest;
  /** Old and new text of the changed blocks, in the order of the conversation. */
  readonly edits: readonly TextEdit[];
  readonly savings: Savings;
}

/** What is decided for one request. */
export interface SavingOrder {
  /** `audit` only says what would be saved. */
  readonly mode: 'audit' | 'lossless';
  /** What may be used: compressors by id, and `repeated-block`. */
  readonly codecs: readonly string[];
  /** Whose conversation it is: what was sent for one is no reason to think it was sent for another. */
  readonly owner: string;
}

/** Remembered encodings weigh their characters, and this much more. */
const ENTRY_WEIGHT = 200;
const ENCODINGS_WEIGHT_MAX = 32_000_000;
const SENT_MAX = 50_000;
/** Blocks beyond so much text stay as they are. Counted from the beginning, so that it is the same ones each time. */
const REQUEST_CHARS_MAX = 2_000_000;

/**
 * Says what programs wrote into a conversation in fewer tokens. What a block becomes depends on the block, on the
 * blocks before it and on the order's codecs alone, so a conversation that grows keeps its beginning, byte for byte, and
 * the provider's cache of it stays good.
 */
export class TokenSaver {
  readonly #compressors: readonly Compressor[];
  readonly #encodings = new Remembered<Encoding | undefined>(ENCODINGS_WEIGHT_MAX);
  readonly #sent = new Remembered<true>(SENT_MAX);

  constructor(compressors: readonly Compressor[]) {
    this.#compressors = compressors;
  }

  /** Whether there is a block at all; costs a walk over the request. */
  static isFor(request: ChatRequest): boolean {
    return blocksOf(request).length > 0;
  }

  save(request: ChatRequest, counter: Counter, order: SavingOrder): Saved {
    const blocks = blocksOf(request);
    const repeated: ReadonlyMap<Block, string> = order.codecs.includes(REPEATED) ? repeatedBlocks(blocks) : new Map();
    const chosen = new Map<Block, Encoding>();
    let cachedBlocks = 0;
    let chars = 0;
    for (const block of blocks) {
      chars += block.text.length;
      if (chars > REQUEST_CHARS_MAX) break;
      const reference = repeated.get(block);
      const encoding =
        (reference !== undefined && referenceEncoding(reference, block, counter)) ||
        this.#encoding(block.text, counter, order);
      if (!encoding) continue;
      if (this.#mayChange(block, encoding, order)) chosen.set(block, encoding);
      else cachedBlocks += 1;
    }
    const savings = savingsOf(chosen, cachedBlocks, counter);
    if (order.mode === 'audit' || chosen.size === 0) return { edits: [], savings };
    const texts = new Map([...chosen].map(([block, { text }]) => [block, text]));
    const changed = withTexts(request, texts);
    if (!isElsewhereUntouched(request, changed, [...texts.keys()])) throw new Error('A part that may not change did.');
    return { request: changed, edits: editsOf(request, texts), savings };
  }

  /** What the caller wants cached is changed only if it went out changed before, while it was new. */
  #mayChange({ text, isCached }: Block, encoding: Encoding, { owner, mode }: SavingOrder): boolean {
    const key = digestOf(text, owner, encoding.codec, encoding.codec === REPEATED ? encoding.text : '');
    if (isCached) return this.#sent.get(key) === true;
    if (mode !== 'audit') this.#sent.set(key, true, 1);
    return true;
  }

  #encoding(text: string, counter: Counter, { codecs }: SavingOrder): Encoding | undefined {
    const key = digestOf(text, counter.tokenizer, codecs.join(','));
    const known = this.#encodings.get(key);
    if (known !== undefined) return known.text === '' ? undefined : known;
    const allowed = this.#compressors.filter(({ id }) => codecs.includes(id));
    const encoding = encodeBlock(text, allowed, counter);
    this.#encodings.set(key, encoding ?? NOT_WORTH_IT, ENTRY_WEIGHT + (encoding?.text.length ?? 0));
    return encoding;
  }
}

function referenceEncoding(text: string, block: Block, counter: Counter): Encoding | undefined {
  const tokensBefore = counter.count(block.text);
  const tokensAfter = counter.count(text);
  return isWorthIt(counter, tokensBefore, tokensAfter)
    ? { codec: REPEATED, text, tokensBefore, tokensAfter }
    : undefined;
}

/** Remembered for a text that no compressor shortens. */
const NOT_WORTH_IT: Encoding = { codec: '', text: '', tokensBefore: 0, tokensAfter: 0 };

function savingsOf(chosen: ReadonlyMap<Block, Encoding>, cachedBlocks: number, counter: Counter): Savings {
  const blocks = [...chosen].map(([{ name }, { codec, tokensBefore, tokensAfter }]) => ({
    name,
    codec,
    tokensBefore,
    tokensAfter,
  }));
  return {
    tokenizer: counter.tokenizer,
    isExact: counter.isExact,
    tokensBefore: blocks.reduce((sum, { tokensBefore }) => sum + tokensBefore, 0),
    tokensAfter: blocks.reduce((sum, { tokensAfter }) => sum + tokensAfter, 0),
    blocks,
    cachedBlocks,
  };
}

/** Texts that stay are named where they read as a changed one does, so that the right one is found. */
function editsOf(request: ChatRequest, texts: ReadonlyMap<Block, string>): TextEdit[] {
  const changed = new Set([...texts.keys()].map(({ text }) => text));
  const newTexts = new Map([...texts].map(([{ place }, text]) => [placeName(place), text]));
  return allTexts(request).flatMap(({ place, text }) =>
    changed.has(text) ? [{ from: text, to: newTexts.get(placeName(place)) ?? text }] : [],
  );
}

import type { Note } from '../model/turn.ts';
import type { Counter } from '../saving/encode-block.ts';
import { type Savings, TokenSaver } from '../saving/save-tokens.ts';
import type { Stage } from './contract.ts';

/** How much is done to save tokens. */
export interface CompressSettings {
  /** `audit` says what would be saved and changes nothing. */
  readonly mode: 'audit' | 'lossless';
  /** Ids of the compressors to use. */
  readonly codecs: readonly string[];
}

/** What the stage is handed. */
export interface CompressPorts {
  readonly saver: TokenSaver;
  readonly counterFor: (model: string) => Promise<Counter>;
}

/** A request shorter than this has nothing that is worth it. */
const REQUEST_BYTES_MIN = 1_000;
/** Blocks that the record names, one by one. */
const BLOCKS_NAMED_MAX = 20;

/** Says what tools and logs wrote into the conversation in fewer tokens, and notes what that saved. */
export function compress(settings: CompressSettings, { saver, counterFor }: CompressPorts): Stage {
  return {
    name: 'compress',
    wants: ({ ask }) => ask.origin === undefined || ask.origin.bytes.length >= REQUEST_BYTES_MIN,
    async run({ ask, caller }) {
      const request = ask.look();
      if (!TokenSaver.isFor(request)) return {};
      const counter = await counterFor(request.model);
      const { request: saved, edits, savings } = saver.save(request, counter, { ...settings, owner: caller.keyId });
      if (savings.blocks.length === 0 && savings.cachedBlocks === 0) return {};
      const note = noteOf(savings, settings.mode);
      return saved ? { request: saved, texts: edits, note } : { note };
    },
  };
}

function noteOf({ blocks, ...savings }: Savings, mode: CompressSettings['mode']): Note {
  const { tokensBefore, tokensAfter, tokenizer, isExact, cachedBlocks } = savings;
  const named = blocks.slice(0, BLOCKS_NAMED_MAX).map((block) => {
    return `${block.name}: ${block.codec} ${block.tokensBefore}>${block.tokensAfter}`;
  });
  return {
    mode,
    tokensBefore,
    tokensAfter,
    tokensSaved: tokensBefore - tokensAfter,
    tokenizer,
    isExact,
    blockCount: blocks.length,
    cachedBlockCount: cachedBlocks,
    blocks: named.join('; '),
  };
}

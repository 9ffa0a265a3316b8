import type { SavingLevel } from '../model/compressed-text.ts';
import type { Note, Switches } from '../model/turn.ts';
import type { Counter } from '../saving/encode-block.ts';
import { LEVELS } from '../saving/levels.ts';
import { type Savings, TokenSaver } from '../saving/save-tokens.ts';
import type { Stage } from './contract.ts';

/** How much is done to save tokens, where the caller doesn't say otherwise. */
export interface CompressSettings {
  /** `audit` says what would be saved and changes nothing. */
  readonly mode: 'off' | 'audit' | 'lossless';
  readonly level: SavingLevel;
}

/** What the stage is handed. */
export interface CompressPorts {
  readonly saver: TokenSaver;
  readonly counterFor: (model: string) => Promise<Counter>;
}

/** What the stage is called in trails. */
export const COMPRESS = 'compress';

/** A request shorter than this has nothing that is worth it. */
const REQUEST_BYTES_MIN = 1_000;
/** Blocks that the record names, one by one. */
const BLOCKS_NAMED_MAX = 20;

/** Says what tools and logs wrote into the conversation in fewer tokens, and notes what that saved. */
export function compress(settings: CompressSettings, { saver, counterFor }: CompressPorts): Stage {
  return {
    name: COMPRESS,
    wants: ({ ask, switches }) =>
      modeOf(settings, switches) !== 'off' && (ask.origin?.bytes.length ?? Infinity) >= REQUEST_BYTES_MIN,
    async run({ ask, caller, switches }) {
      const mode = modeOf(settings, switches);
      if (mode === 'off') return {};
      const request = ask.look();
      if (!TokenSaver.isFor(request)) return {};
      const counter = await counterFor(request.model);
      const {
        request: saved,
        edits,
        savings,
      } = saver.save(request, counter, {
        mode,
        codecs: LEVELS[switches.savingLevel ?? settings.level],
        owner: caller.keyId,
      });
      if (savings.blocks.length === 0 && savings.cachedBlocks === 0) return {};
      const note = noteOf(savings, mode);
      return saved ? { request: saved, texts: edits, note } : { note };
    },
  };
}

/** A caller may always switch it off, and on what loses nothing; it can't keep the operator from counting. */
function modeOf({ mode }: CompressSettings, { savesTokens }: Switches): CompressSettings['mode'] {
  if (savesTokens === undefined) return mode;
  if (savesTokens) return 'lossless';
  return mode === 'audit' ? mode : 'off';
}

function noteOf({ blocks, ...savings }: Savings, mode: 'audit' | 'lossless'): Note {
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

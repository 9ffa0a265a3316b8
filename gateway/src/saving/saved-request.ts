import { type Compressor, isFaithful } from '../compressors/contract.ts';
import type { SavedRequest, SaveRequest } from '../model/compressed-text.ts';
import { allTexts, type Block, blocksOf } from './blocks.ts';
import type { Counter } from './encode-block.ts';
import { LEVELS } from './levels.ts';
import { referredText } from './repeated-blocks.ts';
import { TokenSaver } from './save-tokens.ts';

/** Says a request as the gateway would send it on, for whoever wants to know what that saves; each one for itself. */
export function requestSaving(parts: {
  readonly compressors: readonly Compressor[];
  readonly counterFor: (model: string) => Promise<Counter>;
}): SaveRequest {
  return async (request, model, level) => {
    const counter = await parts.counterFor(model);
    const order = { mode: 'lossless', codecs: LEVELS[level], owner: 'alone' } as const;
    const { request: saved = request } = new TokenSaver(parts.compressors).save(request, counter, order);
    const blocks = blocksOf(request);
    const after = allTexts(saved).map(({ text }) => text);
    const texts = allTexts(request).map(({ text }, at) => ({ before: text, after: after[at] ?? '' }));
    const returns = texts.map((text) => returnOf(text, blocks, parts.compressors));
    const tokens = (side: 'before' | 'after'): number =>
      texts.reduce((sum, text) => sum + counter.count(text[side]), 0);
    return {
      originalTokens: tokens('before'),
      compressedTokens: tokens('after'),
      comesBack: WORST_FIRST.find((one) => returns.includes(one)) ?? 'exactly',
      tokenizer: counter.tokenizer,
      isExact: counter.isExact,
    };
  };
}

const WORST_FIRST: readonly SavedRequest['comesBack'][] = ['no', 'same value', 'exactly'];

/** Asked anew, from the text alone: what wrote it has no say. */
function returnOf(
  { before, after }: { readonly before: string; readonly after: string },
  blocks: readonly Block[],
  compressors: readonly Compressor[],
): SavedRequest['comesBack'] {
  if (after === before || referredText(after, blocks) === before) return 'exactly';
  const faithful = compressors.find((compressor) => isFaithful(compressor, before, after));
  if (!faithful) return 'no';
  return faithful.restore?.(after) === before ? 'exactly' : 'same value';
}

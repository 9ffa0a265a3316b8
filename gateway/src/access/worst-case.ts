import { type ModelPrice, worstCost, worstRates } from '../model/price.ts';
import type { Ask } from '../model/request.ts';

/** What a turn can cost at most. */
export interface WorstCase {
  readonly nanousd: number;
  /** The output that must be asked for at most, where the caller set no bound of its own. */
  readonly outputTokensMax: number | undefined;
}

/** Instructions that a provider adds around a request: roles, tools, how to call them. */
const FRAME_TOKENS = 1000;
/** What pictures, sounds and files come to, where nobody knows how much the model takes. */
const MEDIA_TOKENS = 200_000;
/** Without one of these words no wire names anything but text. One pass over the bytes, since every paid turn is looked at. */
const MEDIA_WORDS = /"(?:image|input_audio|input_image|file|document"|video|web_search)/;
const PICO_PER_NANO = 1000;

/** The most tokens that a request can be: no tokenizer makes more of a text than it has bytes. */
export function inputTokensMax({ origin, look }: Pick<Ask, 'origin'> & { readonly look: () => unknown }): number {
  const bytes = origin?.bytes ?? Buffer.from(JSON.stringify(look()));
  const media = MEDIA_WORDS.test(bytes.toString('latin1')) ? MEDIA_TOKENS : 0;
  return bytes.length + FRAME_TOKENS + media;
}

/** What bounds an answer's cost, beside its request. */
export interface WorstCaseBounds {
  readonly outputTokensMax: number;
  /** How many models at once may be paid for reading the request. */
  readonly inputsMax?: number;
  readonly leftNanousd: number;
}

/**
 * What a turn can cost at most, whichever of these models answers. Without a bound by the caller, an answer may be as long
 * as `outputTokensMax` and `leftNanousd` allow. `undefined` when not even the shortest answer is affordable.
 */
export function worstCase(
  ask: Ask,
  prices: readonly ModelPrice[],
  { outputTokensMax, inputsMax = 1, leftNanousd }: WorstCaseBounds,
): WorstCase | undefined {
  const { answersBilled, choiceCount = 1, maxOutputTokens } = ask.head;
  const answers = Math.max(1, answersBilled ?? choiceCount);
  const input = inputTokensMax({ origin: ask.origin, look: () => ask.look() });
  // Whoever is asked beside the one that answers has read the request, and no more.
  const besides = (inputsMax - 1) * dearest(prices, { input, output: 0 });
  const costing = (output: number): number => besides + dearest(prices, { input, output: output * answers });
  if (maxOutputTokens !== undefined) {
    const nanousd = costing(maxOutputTokens);
    return nanousd <= leftNanousd ? { nanousd, outputTokensMax: undefined } : undefined;
  }
  const outputRate = Math.max(...prices.map((price) => worstRates(price, input).output));
  const free = (leftNanousd - costing(0)) * PICO_PER_NANO;
  const affordable = outputRate === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / (outputRate * answers));
  const bounded = Math.min(outputTokensMax, affordable);
  if (bounded < 1 || costing(bounded) > leftNanousd) return undefined;
  // What costs nothing needs no bound.
  return { nanousd: costing(bounded), outputTokensMax: outputRate === 0 ? undefined : bounded };
}

function dearest(prices: readonly ModelPrice[], tokens: { readonly input: number; readonly output: number }): number {
  let most = 0;
  for (const price of prices) {
    // No request is longer than what the model takes.
    const input = Math.min(tokens.input, price.contextWindow ?? Number.POSITIVE_INFINITY);
    most = Math.max(most, worstCost({ input, output: tokens.output }, price));
  }
  return most;
}

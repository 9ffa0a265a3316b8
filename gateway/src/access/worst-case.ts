import { type ModelPrice, worstCost, worstRates } from '../model/price.ts';
import type { Ask } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Units } from '../model/units.ts';

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

/** How many models may be paid for one turn. */
export interface Asks {
  /** So many may be given the request at the same time, of which one answers. */
  readonly readers: number;
  /** So many may say a part of the answer, one after the other. */
  readonly parts: number;
}

const ONE: Asks = { readers: 1, parts: 1 };

/** What bounds an answer's cost, beside its request. */
export interface WorstCaseBounds {
  readonly outputTokensMax: number;
  readonly asks?: Asks;
  readonly leftNanousd: number;
  /** What it takes at most besides tokens. */
  readonly units?: Units | undefined;
}

const WEB_SEARCH = '"web_search';

/** What a turn takes at most besides tokens: what its request says, and searches of the web where it may have any and they cost something. */
export function unitsMax(
  { ask, unitsMax: said }: Pick<Turn, 'ask' | 'unitsMax'>,
  prices: readonly ModelPrice[],
  webSearchesMax: number,
): Units | undefined {
  if (!prices.some(({ units }) => units?.webSearches)) return said;
  const text = ask.origin?.bytes ?? JSON.stringify(ask.look());
  return text.includes(WEB_SEARCH) ? { ...said, webSearches: webSearchesMax } : said;
}

/**
 * What a turn can cost at most, whichever of these models answers. Without a bound by the caller, an answer may be as long
 * as `outputTokensMax` and `leftNanousd` allow. `undefined` when not even the shortest answer is affordable.
 */
export function worstCase(
  ask: Ask,
  prices: readonly ModelPrice[],
  { outputTokensMax, asks, leftNanousd, units }: WorstCaseBounds,
): WorstCase | undefined {
  const { answersBilled, choiceCount = 1, maxOutputTokens } = ask.head;
  const answers = Math.max(1, answersBilled ?? choiceCount);
  const input = inputTokensMax({ origin: ask.origin, look: () => ask.look() });
  const { readers, parts } = asks ?? ONE;
  // Whoever is asked beside the one that answers has read the request, and no more.
  const besides = (readers - 1) * dearest(prices, { input, output: 0 });
  // Whoever goes on has read what was said so far.
  const costing = (output: number): number =>
    besides + parts * dearest(prices, { input: parts > 1 ? input + output : input, output: output * answers, units });
  if (maxOutputTokens !== undefined) {
    const nanousd = costing(maxOutputTokens);
    return nanousd <= leftNanousd ? { nanousd, outputTokensMax: undefined } : undefined;
  }
  const rates = prices.map((price) => worstRates(price, input));
  const outputRate = Math.max(...rates.map(({ output }) => output));
  const rereadRate = parts > 1 ? Math.max(...rates.map(({ input: rate }) => rate)) : 0;
  const rate = parts * (outputRate * answers + rereadRate);
  const free = (leftNanousd - costing(0)) * PICO_PER_NANO;
  const affordable = outputRate === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / rate);
  const bounded = Math.min(outputTokensMax, affordable);
  if (bounded < 1 || costing(bounded) > leftNanousd) return undefined;
  // What costs nothing needs no bound.
  return { nanousd: costing(bounded), outputTokensMax: outputRate === 0 ? undefined : bounded };
}

function dearest(prices: readonly ModelPrice[], tokens: Parameters<typeof worstCost>[0]): number {
  let most = 0;
  for (const price of prices) {
    // No request is longer than what the model takes.
    const input = Math.min(tokens.input, price.contextWindow ?? Number.POSITIVE_INFINITY);
    most = Math.max(most, worstCost({ ...tokens, input }, price));
  }
  return most;
}

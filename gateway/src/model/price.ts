import type { Usage } from './reply.ts';
import { unitCost, type UnitPrices, type Units, unpricedUnits, worstUnitCost } from './units.ts';

/** Whole pico-dollars per token; dearer ones hold for the whole request once its input is over a number of tokens. */
export interface Rate {
  readonly base: number;
  readonly tiers?: readonly { readonly above: number; readonly rate: number }[];
}

/** What a model costs. Kinds of tokens without a rate of their own cost what their like does. */
export interface ModelPrice {
  readonly input: Rate;
  readonly output: Rate;
  readonly cacheRead?: Rate | undefined;
  readonly cacheWrite?: Rate | undefined;
  readonly cacheWrite1h?: Rate | undefined;
  readonly audioInput?: Rate | undefined;
  readonly audioOutput?: Rate | undefined;
  readonly reasoning?: Rate | undefined;
  /** What is paid for besides tokens. */
  readonly units?: UnitPrices | undefined;
  /** What tokens cost in a batch. */
  readonly batch?: { readonly input: Rate; readonly output: Rate } | undefined;
  /** Nobody knows what its tokens cost; `input` and `output` are 0. */
  readonly isTokenless?: boolean | undefined;
  /** The most tokens the model takes, where that is known. */
  readonly contextWindow?: number | undefined;
}

/** What one turn cost. */
export interface Cost {
  readonly nanousd: number;
  /** Why it is what it is, when no price list says so. */
  readonly note?: string;
}

/** The price of what the gateway answers by itself. */
export const FREE: ModelPrice = { input: { base: 0 }, output: { base: 0 } };

/** What a batch costs: by its own price, or by a share of the usual one. No tiers: a batch adds up requests of any length. */
export function batchPrice(price: ModelPrice, share: number): ModelPrice {
  if (price.batch) return price.batch;
  const scaled = KINDS.map((kind) => [kind, price[kind] && { base: Math.round(price[kind].base * share) }]);
  return { ...FREE, isTokenless: price.isTokenless, ...Object.fromEntries(scaled) };
}

const KINDS = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'audioInput',
  'audioOutput',
  'reasoning',
] as const;

/** Dollars per token as a rate. */
export function rateOf(dollarsPerToken: number): Rate {
  return { base: Math.round(dollarsPerToken * PICOUSD) };
}

/** A rate's number as dollars for a million tokens. */
export function dollarsPerMillion(picousd: number): number {
  return picousd / 1e6;
}

/** Dollars for one unit as pico-dollars. */
export const picousdOf = (dollars: number): number => Math.round(dollars * PICOUSD);

/** Pico-dollars as dollars. */
export const dollarsOfPicousd = (picousd: number): number => picousd / PICOUSD;

const PICOUSD = 1e12;
const PICO_PER_NANO = 1000;
/** Counts come from providers; one that is out of its mind must not make the arithmetic inexact. */
const TOKENS_MAX = 1e9;

/** What tokens and all else cost, in whole nano-dollars. The one place that rounds. */
export function costOf(counted: Usage, price: ModelPrice): number {
  const usage: Usage = counted.billed ?? counted;
  const input = count(usage.inputTokens);
  const read = Math.min(count(usage.cacheReadTokens), input);
  const written = Math.min(count(usage.cacheWriteTokens), input - read);
  const hour = Math.min(count(usage.cacheWrite1hTokens), written);
  const heard = Math.min(count(usage.audioInputTokens), input - read - written);
  const output = count(usage.outputTokens);
  const spoken = Math.min(count(usage.audioOutputTokens), output);
  const thought = Math.min(count(usage.reasoningTokens), output - spoken);
  const { cacheRead = price.input, cacheWrite = price.input, cacheWrite1h = cacheWrite } = price;
  const { audioInput = price.input, audioOutput = price.output, reasoning = price.output } = price;
  const picousd =
    (input - read - written - heard) * at(price.input, input) +
    read * at(cacheRead, input) +
    (written - hour) * at(cacheWrite, input) +
    hour * at(cacheWrite1h, input) +
    heard * at(audioInput, input) +
    (output - spoken - thought) * at(price.output, input) +
    spoken * at(audioOutput, input) +
    thought * at(reasoning, input) +
    unitCost(counted.units, price.units);
  return Math.min(Math.round(picousd / PICO_PER_NANO), Number.MAX_SAFE_INTEGER);
}

/** How much one token costs at most, in pico-dollars, in a request of so much input. */
export function worstRates(
  price: ModelPrice,
  inputTokens: number,
): { readonly input: number; readonly output: number } {
  const worst = (rates: readonly (Rate | undefined)[]): number =>
    Math.max(...rates.map((rate) => (rate ? at(rate, inputTokens) : 0)));
  return {
    input: worst([price.input, price.cacheRead, price.cacheWrite, price.cacheWrite1h, price.audioInput]),
    output: worst([price.output, price.audioOutput, price.reasoning]),
  };
}

/** What an answer took that no price is known for; the words for it. */
export function unpriced({ inputTokens, outputTokens, units }: Usage, price: ModelPrice): string | undefined {
  const hasTokens = inputTokens + outputTokens > 0;
  if (hasTokens) return price.isTokenless ? 'tokens' : undefined;
  const kinds = units ? unpricedUnits(units, price.units) : [];
  return kinds.length > 0 ? kinds.map((kind) => UNIT_WORDS[kind]).join(' and ') : undefined;
}

const UNIT_WORDS = {
  pictures: 'pictures',
  seconds: 'seconds',
  characters: 'characters',
  searches: 'searches',
  webSearches: 'web searches',
};

/** What so much can cost at most, in whole nano-dollars. */
export function worstCost(
  tokens: { readonly input: number; readonly output: number; readonly units?: Units | undefined },
  price: ModelPrice,
): number {
  const rates = worstRates(price, tokens.input);
  const picousd = tokens.input * rates.input + tokens.output * rates.output + worstUnitCost(tokens.units, price.units);
  return Math.min(Math.ceil(picousd / PICO_PER_NANO), Number.MAX_SAFE_INTEGER);
}

function at({ base, tiers }: Rate, inputTokens: number): number {
  let found = base;
  if (tiers) for (const { above, rate } of tiers) if (inputTokens > above) found = rate;
  return found;
}

function count(tokens: number | undefined): number {
  return tokens === undefined || !(tokens > 0) ? 0 : Math.min(tokens, TOKENS_MAX);
}

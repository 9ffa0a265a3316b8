import { calcPrice, type TieredPrices, type ModelPrice as ListedPrice } from '@pydantic/genai-prices';
import { type ModelPrice, picousdOf, type Rate, rateOf } from '../model/price.ts';
import type { UnitPrices } from '../model/units.ts';

/** Finds what a model costs, by the name that a price list knows its provider by. `undefined` when no list has it. */
export type PriceBook = (provider: string, model: string) => ModelPrice | undefined;

/** Prices change by the date, some by the hour. */
const LOOKED_UP_FOR_MS = 60_000;
const LOOKED_UP_MAX = 1000;

/** The price list that comes with the gateway; it asks nobody. `nowMs` is Unix time. */
export function priceBook(nowMs: () => number): PriceBook {
  const known = new Map<string, { readonly until: number; readonly price: ModelPrice | undefined }>();
  return (provider, model) => {
    const name = `${provider}/${model}`;
    const now = nowMs();
    const found = known.get(name);
    if (found && now < found.until) return found.price;
    const price = lookedUp(provider, model, now);
    if (known.size >= LOOKED_UP_MAX) known.clear(); // names come from callers
    known.set(name, { until: now + LOOKED_UP_FOR_MS, price });
    return price;
  };
}

function lookedUp(providerId: string, model: string, now: number): ModelPrice | undefined {
  const found = calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerId, timestamp: new Date(now) });
  if (found?.provider.id !== providerId) return undefined;
  const listed = found.model_price;
  return {
    input: rate(listed, 'input_mtok') ?? { base: 0 },
    output: rate(listed, 'output_mtok') ?? { base: 0 },
    cacheRead: rate(listed, 'cache_read_mtok'),
    cacheWrite: rate(listed, 'cache_write_mtok'),
    cacheWrite1h: rate(listed, 'cache_write_1h_mtok'),
    audioInput: rate(listed, 'input_audio_mtok'),
    audioOutput: rate(listed, 'output_audio_mtok'),
    reasoning: rate(listed, 'output_reasoning_mtok'),
    units: units(listed),
    contextWindow: found.model.context_window,
  };
}

const HOUR_SECONDS = 3600;
const THOUSAND = 1000;

/** What the list says besides tokens; names it may come to know are looked for too. */
function units(listed: ListedPrice): UnitPrices | undefined {
  const seconds = per(HOUR_SECONDS, listed['input_audio_hours'] ?? listed['audio_hours']);
  const webSearches = per(THOUSAND, listed['web_searches_kcount']);
  const requests = per(THOUSAND, listed['requests_kcount']);
  if (seconds === undefined && webSearches === undefined && requests === undefined) return undefined;
  return {
    ...(seconds === undefined ? {} : { seconds }),
    ...(webSearches === undefined ? {} : { webSearches }),
    ...(requests === undefined ? {} : { requests }),
  };
}

function per(count: number, price: number | TieredPrices | undefined): number | undefined {
  if (price === undefined) return undefined;
  return picousdOf((typeof price === 'number' ? price : price.base) / count);
}

const MILLION = 1e6;

function rate(listed: ListedPrice, name: string): Rate | undefined {
  const price = listed[name];
  if (price === undefined) return undefined;
  if (typeof price === 'number') return rateOf(price / MILLION);
  return tiered(price);
}

function tiered({ base, tiers }: TieredPrices): Rate {
  return {
    base: rateOf(base / MILLION).base,
    tiers: tiers.map(({ start, price }) => ({ above: start, rate: rateOf(price / MILLION).base })),
  };
}

/** What is paid for besides tokens, in the order in which it is told. */
export const UNIT_KINDS = ['pictures', 'seconds', 'characters', 'searches', 'webSearches'] as const;

/** One of them. */
export type UnitKind = (typeof UNIT_KINDS)[number];

/** How much of it one request took: pictures made, seconds heard, characters spoken, documents ranked, searches of the web. */
export type Units = Readonly<Partial<Record<UnitKind, number>>> & {
  /** Which pictures, as far as the request said: `1024x1024`, `hd/1024x1024`, or the quality alone. */
  readonly pictureForms?: readonly string[];
};

/** What each of them costs, in whole pico-dollars. */
export type UnitPrices = Readonly<Partial<Record<UnitKind, number>>> & {
  /** Prices of pictures of one form, the names as in `Units`. */
  readonly byForm?: Readonly<Record<string, number>>;
  /** For each request, whatever it took. */
  readonly requests?: number;
};

/** Counts come from callers and providers; one that is out of its mind must not make the arithmetic inexact. */
const COUNT_MAX = 1e9;
const MILLI = 1000;

/** What units cost, in pico-dollars. Parts of a unit count to its thousandth. */
export function unitCost(units: Units | undefined, prices: UnitPrices | undefined): number {
  if (!prices) return 0;
  let picousd = prices.requests ?? 0;
  if (units)
    for (const kind of UNIT_KINDS)
      picousd += (thousandths(units[kind]) * (rateOfKind(kind, units, prices) ?? 0)) / MILLI;
  return picousd;
}

/** Those of the units that nobody has a price for. */
export function unpricedUnits(units: Units, prices: UnitPrices | undefined): readonly UnitKind[] {
  return UNIT_KINDS.filter((kind) => units[kind] !== undefined && rateOfKind(kind, units, prices ?? {}) === undefined);
}

/** What units cost at most, in pico-dollars, where nobody knows yet which pictures are asked for. */
export function worstUnitCost(units: Units | undefined, prices: UnitPrices | undefined): number {
  if (!units?.pictures || units.pictureForms !== undefined || !prices?.byForm) return unitCost(units, prices);
  return unitCost(units, { ...prices, pictures: Math.max(prices.pictures ?? 0, ...Object.values(prices.byForm)) });
}

function rateOfKind(kind: UnitKind, { pictureForms = [] }: Units, prices: UnitPrices): number | undefined {
  const { byForm } = prices;
  if (kind !== 'pictures' || !byForm) return prices[kind];
  const form = pictureForms.find((name) => Object.hasOwn(byForm, name));
  return form === undefined ? prices.pictures : byForm[form];
}

function thousandths(count: number | undefined): number {
  return count === undefined || !(count > 0) ? 0 : Math.round(Math.min(count, COUNT_MAX) * MILLI);
}

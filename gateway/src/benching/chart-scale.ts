/** Maps values to places, and says at which values an axis is marked. */
export interface Scale {
  readonly least: number;
  readonly most: number;
  readonly ticks: readonly number[];
  /** From 0 at `least` to 1 at `most`. */
  readonly share: (value: number) => number;
}

const TICKS_WISHED = 5;
/** What differs by less is one and the same. */
const RANGE_MIN = 1e-9;
/** Marks lie 1, 2 or 5 times a power of ten apart. */
const STEPS = [1, 2, 5, 10];

/** A scale over zero and all of these values, whose ends are marks. */
export function scaleOf(values: readonly number[]): Scale {
  const real = values.filter(Number.isFinite);
  const low = Math.min(0, ...real);
  const high = Math.max(0, ...real);
  const range = high - low < RANGE_MIN ? 1 : high - low;
  const power = 10 ** Math.floor(Math.log10(range / TICKS_WISHED));
  const step = power * (STEPS.find((one) => range / (one * power) <= TICKS_WISHED) ?? 10);
  const [first, last] = [Math.floor(low / step), Math.ceil(Math.max(high, low + range) / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  const [least, most] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  return { least, most, ticks, share: (value) => (value - least) / (most - least) };
}

/** A mark of an axis as people read it. */
export function tickText(value: number): string {
  return Math.abs(value) >= 10_000 ? `${value / 1000}k` : String(value);
}

/** Places in a picture need no more than tenths. */
export function placed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** Unix time began on a Thursday; weeks begin on a Sunday. */
const FIRST_SUNDAY_MS = 3 * DAY_MS;
const MONTH_DAYS = 30;
const AMOUNT_MAX = 100_000;

const UNITS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: WEEK_MS,
  mo: MONTH_DAYS * DAY_MS,
};

/** The milliseconds of `30s`, `30m`, `24h`, `30d`, `2w`, `1mo`; `undefined` for anything else. */
export function durationMs(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,6})(s|mo|m|h|d|w)$/.exec(text) ?? [];
  const amount = Number(digits);
  return amount >= 1 && amount <= AMOUNT_MAX ? amount * (UNITS[unit] ?? Number.NaN) : undefined;
}

/** From when to when a budget counts. */
export interface Period {
  readonly startsAt: number;
  /** The first moment of the next one. */
  readonly endsAt: number;
}

/**
 * The period that a moment lies in. An hour, a day, a week and a month are those of the calendar (UTC), as LiteLLM has
 * it; other durations are counted from `since`. It follows from these alone, so nobody has to remember a reset.
 */
export function periodAt(duration: string | undefined, since: number, now: number): Period {
  if (duration === undefined) return { startsAt: since, endsAt: Number.POSITIVE_INFINITY };
  const length = durationMs(duration);
  if (length === undefined) throw new Error(`"${duration}" is no duration.`);
  if (length === MONTH_DAYS * DAY_MS) return month(now);
  const anchor = anchors.get(length) ?? since;
  const startsAt = anchor + Math.floor((now - anchor) / length) * length;
  return { startsAt, endsAt: startsAt + length };
}

const anchors: ReadonlyMap<number, number> = new Map([
  [HOUR_MS, 0],
  [DAY_MS, 0],
  [WEEK_MS, FIRST_SUNDAY_MS],
]);

function month(now: number): Period {
  const date = new Date(now);
  const [year, index] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { startsAt: Date.UTC(year, index, 1), endsAt: Date.UTC(year, index + 1, 1) };
}

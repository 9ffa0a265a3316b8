/** The latest time that there is a date for. */
const SECONDS_MAX = 8.64e12;

/** Unix time in seconds of the wire’s text, which is exact to the nanosecond. */
export function createdAtOf(said: unknown): number | undefined {
  const timeMs = typeof said === 'string' ? Date.parse(said) : Number.NaN;
  return Number.isFinite(timeMs) ? Math.floor(timeMs / 1000) : undefined;
}

/** Writes a time. */
export function timeOut(seconds: number | undefined): string | undefined {
  if (seconds === undefined || Math.abs(seconds) > SECONDS_MAX) return undefined;
  return new Date(seconds * 1000).toISOString();
}

const PARTS = 10_000;

/** A score with four digits behind the point; more would only look exact. */
export function rounded(score: number): number {
  return Math.round(score * PARTS) / PARTS;
}

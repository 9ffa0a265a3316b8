/** How many letters must be changed, added, left out or swapped with their neighbour to turn one word into the other. */
export function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const changed = at(rows, i - 1, j - 1) + (same ? 0 : 1);
      let least = Math.min(changed, at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, at(rows, i - 2, j - 2) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return at(rows, a.length, b.length);
}

const at = (rows: readonly (readonly number[])[], i: number, j: number): number => rows[i]?.[j] ?? 0;

const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The candidate that was probably meant, if one is near enough. `body_bytes_max` is near `bodyBytesMax`. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word.slice(0, 200));
  let best: { candidate: string; steps: number } | undefined;
  for (const candidate of candidates) {
    const steps = distance(wanted, plain(candidate));
    if (isNear(wanted, plain(candidate), steps) && (best === undefined || steps < best.steps)) {
      best = { candidate, steps };
    }
  }
  return best?.candidate;
}

/** Few letters differ, or one word is the beginning of the other, as with `warning` and `warn`. */
function isNear(wanted: string, candidate: string, steps: number): boolean {
  if (steps <= Math.max(1, Math.floor(wanted.length / 3))) return true;
  const begins = wanted.startsWith(candidate) || candidate.startsWith(wanted);
  return begins && Math.min(wanted.length, candidate.length) >= 3;
}

import { type Detector, type Span, traitsOf } from '../detectors/contract.ts';
import { plainView } from './plain-view.ts';

/** A private value in a text. */
export interface Finding extends Span {
  /** What stands for such values, e.g. `EMAIL`. */
  readonly word: string;
}

/** Finds private values. Overlapping ones are one finding, named by the longest; findings come in order. */
export function scan(text: string, detectors: readonly Detector[]): readonly Finding[] {
  if (text.length === 0) return [];
  const view = plainView(text);
  const traits = traitsOf(view.text);
  const found: Ranked[] = [];
  for (const [rank, { word, needs, find }] of detectors.entries()) {
    if ((traits & needs) !== needs) continue;
    for (const { start, end } of find(view.text)) found.push({ start, end, word, rank, length: end - start });
  }
  if (found.length === 0) return [];
  return united(found).map(({ start, end, word }) => ({
    start: view.original(start),
    end: view.original(end, true),
    word,
  }));
}

interface Ranked extends Finding {
  readonly length: number;
  /** Where the detector stands on the shelf; breaks ties. */
  readonly rank: number;
}

/** What overlaps is taken together, since a piece left over would still be private. */
function united(found: readonly Ranked[]): readonly Finding[] {
  const sorted = [...found].sort((a, b) => a.start - b.start);
  const all: Ranked[] = [];
  for (const next of sorted) {
    const last = all.at(-1);
    if (last && next.start < last.end) {
      const longer = next.length > last.length || (next.length === last.length && next.rank < last.rank) ? next : last;
      all[all.length - 1] = { ...longer, start: last.start, end: Math.max(last.end, next.end) };
    } else all.push(next);
  }
  return all;
}

import type { Detector, Span } from '../detectors/contract.ts';
import { jsonView } from './plain-view.ts';
import type { Place } from './request-texts.ts';
import { scan } from './scan.ts';

/** A private value where it stands. */
export interface FoundValue extends Span {
  /** What stands for such values, e.g. `EMAIL`. */
  readonly word: string;
  /** The value itself; what JSON escapes is undone. */
  readonly value: string;
}

/** The private values in a text, in order. */
export function valuesIn(text: string, form: Place['form'], detectors: readonly Detector[]): readonly FoundValue[] {
  if (form === 'text' || !text.includes('\\')) {
    return scan(text, detectors).map(({ word, start, end }) => ({ word, start, end, value: text.slice(start, end) }));
  }
  const view = jsonView(text);
  return scan(view.text, detectors).map(({ word, start, end }) => ({
    word,
    start: view.original(start),
    end: view.original(end, true),
    value: view.text.slice(start, end),
  }));
}

/** A value to put in place of a piece of a text. */
export interface Replacement extends Span {
  readonly by: string;
}

/** In order, and of those that overlap the first, or else the longest. */
export function apart(all: readonly Replacement[]): readonly Replacement[] {
  const kept: Replacement[] = [];
  for (const next of all.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (next.start >= (kept.at(-1)?.end ?? 0)) kept.push(next);
  }
  return kept;
}

/** Puts replacements, which come in order and don’t overlap, into a text. A bare number of JSON becomes a string. */
export function withReplacements(text: string, form: Place['form'], replacements: readonly Replacement[]): string {
  const isInside = form === 'json' ? insideStrings(text) : () => true;
  let changed = '';
  let from = 0;
  for (const { start, end, by } of replacements) {
    changed += text.slice(from, start) + (isInside(start) ? by : JSON.stringify(by));
    from = end;
  }
  return changed + text.slice(from);
}

const QUOTE_OR_ESCAPE = /"|\\./gs;

/** Says of places, asked in order, whether they are inside a string of a JSON text. */
function insideStrings(text: string): (at: number) => boolean {
  const marks = text.matchAll(QUOTE_OR_ESCAPE);
  let isInside = false;
  let next = marks.next();
  return (at) => {
    while (!next.done && next.value.index < at) {
      if (next.value[0] === '"') isInside = !isInside;
      next = marks.next();
    }
    return isInside;
  };
}

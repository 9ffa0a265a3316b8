/**
 * A guard judges a text for one category. It only finds and scores; what follows (flag, mask, block) is the operator's
 * setting and the stage's work. To write one, copy the smallest peer: patterns with bounded repeats, each with a score
 * between 0 and 1. Patterns see words, not meanings: `docs/operate/guards.md` says what that can and can't do.
 */
import { everyMatch } from '../model/every-match.ts';
import type { GuardCategory } from '../model/guard.ts';

/** Something that a guard found: a piece of the text, and how sure the guard is. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly score: number;
  /** Names the sign; the same sign twice is no more than once. */
  readonly rule: string;
}

/** Whose words a text is. `output` is what the model says now, `assistant` what it said before. */
export type Speaker = 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'tools' | 'settings' | 'output';

/** Judges texts for one category. */
export interface Guard {
  readonly category: GuardCategory;
  /** Whose words it judges. */
  readonly reads: ReadonlySet<Speaker>;
  readonly judge: (text: string) => readonly Hit[];
}

/** A pattern and how sure one may be when it matches. Global, and without regard to case. */
export type PatternRule = readonly [pattern: RegExp, score: number];

/** The longest text that a pattern of a guard may match; a stream's window is at least as long. */
export const MATCH_CHARACTERS_MAX = 200;

/** A judge made of patterns. */
export function byPatterns(rules: readonly PatternRule[]): Guard['judge'] {
  return (text) =>
    rules.flatMap(([pattern, score], at) =>
      Array.from(everyMatch(text, pattern), ({ 0: said, index }) => ({
        start: index,
        end: index + said.length,
        score,
        rule: String(at),
      })),
    );
}

/** Signs farther apart than this have nothing to do with each other. */
const NEAR_CHARACTERS = 400;

/** How sure a guard is altogether: several weak signs near each other are as good as a strong one, the same sign twice is not. */
export function scoreOf(hits: readonly Hit[]): number {
  const inOrder = hits.toSorted((a, b) => a.start - b.start);
  let best = 0;
  for (const [at, { start, score }] of inOrder.entries()) {
    if (score >= 1) return 1;
    const scores = new Map<string, number>();
    for (let next = at; next < inOrder.length; next += 1) {
      const near = inOrder[next];
      if (!near || near.start - start > NEAR_CHARACTERS) break;
      scores.set(near.rule, near.score);
    }
    best = Math.max(best, 1 - [...scores.values()].reduce((doubt, sign) => doubt * (1 - sign), 1));
  }
  return best;
}

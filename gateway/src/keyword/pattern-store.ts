import type { KeywordPattern, KeywordSettings } from './pattern.ts';
import type { KeywordGround } from './pattern-book.ts';

/** What admins changed, laid over what the operator deployed. A pattern that is `null` was taken away. */
export interface KeywordChanges {
  readonly patterns: Readonly<Record<string, KeywordPattern | null>>;
  readonly settings: Partial<KeywordSettings>;
}

/** Nothing was changed yet. */
export const NO_CHANGES: KeywordChanges = { patterns: {}, settings: {} };

/** Where changes are kept. A change holds once `write` has come back, and after every restart. */
export interface PatternStore {
  readonly write: (changes: KeywordChanges) => Promise<void>;
}

/** Keeps nothing; for programs and tests. */
export const forgetful: PatternStore = { write: () => Promise.resolve() };

/** The patterns and settings that hold. */
export function withChanges(
  { patterns, settings }: Pick<KeywordGround, 'patterns' | 'settings'>,
  changes: KeywordChanges,
): Pick<KeywordGround, 'patterns' | 'settings'> {
  const byName = new Map<string, KeywordPattern | null>(patterns.map((pattern) => [pattern.name, pattern]));
  for (const [name, pattern] of Object.entries(changes.patterns)) byName.set(name, pattern);
  return {
    patterns: [...byName.values()].filter((pattern) => pattern !== null),
    settings: { ...settings, ...changes.settings },
  };
}

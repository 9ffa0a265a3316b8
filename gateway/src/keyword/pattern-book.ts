import { GatewayError } from '../model/error.ts';
import { type Caught, type LinearPattern, linearPattern } from './linear-pattern.ts';
import type { KeywordLimits, KeywordPattern, KeywordSettings } from './pattern.ts';
import { type KeywordChanges, type PatternStore, withChanges } from './pattern-store.ts';

/** What the operator deployed: patterns and settings that admins' changes are laid over. */
export interface KeywordGround {
  readonly patterns: readonly KeywordPattern[];
  readonly settings: KeywordSettings;
  readonly limits: KeywordLimits;
}

/** A pattern that fits a message. */
export interface PatternMatch {
  readonly pattern: KeywordPattern;
  readonly caught: Caught;
}

interface Page {
  readonly ground: KeywordGround;
  readonly changes: KeywordChanges;
  readonly settings: KeywordSettings;
  /** Highest priority first. */
  readonly entries: readonly { readonly pattern: KeywordPattern; readonly compiled: LinearPattern }[];
}

/**
 * All keyword patterns and their settings. Changes are kept first and then swapped in whole, so that they hold at once and
 * after a restart, or not at all.
 */
export class PatternBook {
  #page: Page;
  readonly #store: PatternStore;
  readonly #clockMs: () => number;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(ground: KeywordGround, changes: KeywordChanges, store: PatternStore, clockMs: () => number) {
    this.#page = pageOf(ground, changes);
    this.#store = store;
    this.#clockMs = clockMs;
  }

  get settings(): KeywordSettings {
    return this.#page.settings;
  }

  /** Highest priority first. */
  get patterns(): readonly KeywordPattern[] {
    return this.#page.entries.map(({ pattern }) => pattern);
  }

  /** Puts another configuration under the changes. Gives what makes it so, after it was found to be good. Throws `request.invalid`. */
  prepareGround(ground: KeywordGround): () => void {
    const page = pageOf(ground, this.#page.changes);
    return () => (this.#page = page);
  }

  /** Adds a pattern. Throws `pattern.exists` and `request.invalid`. */
  add(pattern: KeywordPattern): Promise<void> {
    return this.#change((changes, patterns) => {
      if (patterns.some(({ name }) => name === pattern.name))
        throw new GatewayError('pattern.exists', `There is a pattern "${pattern.name}" already; change it with PUT.`);
      return { ...changes, patterns: { ...changes.patterns, [pattern.name]: pattern } };
    });
  }

  /** Changes a pattern. Throws `pattern.unknown` and `request.invalid`. */
  update(name: string, fields: Partial<Omit<KeywordPattern, 'name'>>): Promise<void> {
    return this.#change((changes, patterns) => ({
      ...changes,
      patterns: { ...changes.patterns, [name]: { ...known(patterns, name), ...fields } },
    }));
  }

  /** Takes a pattern away. Throws `pattern.unknown`. */
  remove(name: string): Promise<void> {
    return this.#change((changes, patterns) => {
      known(patterns, name);
      return { ...changes, patterns: { ...changes.patterns, [name]: null } };
    });
  }

  /** Changes how messages are searched. */
  updateSettings(settings: Partial<KeywordSettings>): Promise<void> {
    return this.#change((changes) => ({ ...changes, settings: { ...changes.settings, ...settings } }));
  }

  /** The pattern of this name. Throws `pattern.unknown`. */
  pattern(name: string): KeywordPattern {
    return known(this.patterns, name);
  }

  /** The patterns that fit a message, best first. Only those that `may` allows are tried; what takes too long is left out. */
  *matches(text: string, may: (pattern: KeywordPattern) => boolean): Generator<PatternMatch> {
    const { entries, settings, ground } = this.#page;
    const message = text.trim();
    if (!settings.detection || message === '' || message.length > ground.limits.textCharactersMax) return;
    const untilMs = this.#clockMs() + ground.limits.matchMs;
    for (const { pattern, compiled } of entries) {
      if (!pattern.enabled || !may(pattern)) continue;
      if (this.#clockMs() > untilMs) return;
      const caught = compiled.find(message);
      if (caught && share(caught, message) >= settings.detectionThreshold) yield { pattern, caught };
    }
  }

  /** One change after another, each upon the one before. */
  #change(make: (changes: KeywordChanges, patterns: readonly KeywordPattern[]) => KeywordChanges): Promise<void> {
    const work = async (): Promise<void> => {
      const changes = make(this.#page.changes, this.patterns);
      pageOf(this.#page.ground, changes);
      await this.#store.write(changes);
      this.#page = pageOf(this.#page.ground, changes);
    };
    const done = this.#writing.then(work, work);
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

function known(patterns: readonly KeywordPattern[], name: string): KeywordPattern {
  const found = patterns.find((pattern) => pattern.name === name);
  if (!found) throw new GatewayError('pattern.unknown', `There is no pattern "${name.slice(0, 100)}".`);
  return found;
}

/** How much of a message a match covers. The sign at its end doesn't count. */
function share({ begin, end }: Caught, message: string): number {
  const length = message.length - (/[?.!]$/.test(message) ? 1 : 0);
  return length === 0 ? 0 : Math.min(1, (end - begin) / length);
}

function pageOf(ground: KeywordGround, changes: KeywordChanges): Page {
  const { patterns, settings } = withChanges(ground, changes);
  const { patternsMax, patternCharactersMax } = ground.limits;
  if (patterns.length > patternsMax)
    throw new GatewayError('request.invalid', `There may be at most ${patternsMax} patterns (keywords.patternsMax).`);
  const entries = patterns.map((pattern) => ({
    pattern,
    compiled: compiledOf(pattern, patternCharactersMax),
  }));
  return { ground, changes, settings, entries: entries.toSorted((a, b) => b.pattern.priority - a.pattern.priority) };
}

function compiledOf({ name, pattern }: KeywordPattern, charactersMax: number): LinearPattern {
  try {
    return linearPattern(pattern, charactersMax);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    throw new GatewayError(thrown.code, `The keyword pattern "${name}": ${thrown.message}`, thrown.details);
  }
}

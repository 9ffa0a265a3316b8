import { type Guard, type Hit, scoreOf, type Speaker } from '../guards/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { GuardRule } from '../model/guard.ts';
import { plainView } from '../privacy/plain-view.ts';
import { type Replacement, withReplacements } from '../privacy/values.ts';

/** A guard that judges this turn, and what follows from what it finds. */
export interface ActiveGuard extends GuardRule {
  readonly guard: Guard;
}

/** Judges the texts of one turn in one direction, and remembers who objected. */
export class Judging {
  readonly #active: readonly ActiveGuard[];
  readonly #onFlag: (name: string) => void;

  constructor(active: readonly ActiveGuard[], onFlag: (name: string) => void) {
    this.#active = active;
    this.#onFlag = onFlag;
  }

  /** What is to be taken out of a text, in order. Throws `guard.blocked`, or `guard.failed` when a guard breaks. */
  removals(text: string, speaker: Speaker): readonly Replacement[] {
    const active = this.#active.filter(({ guard }) => guard.reads.has(speaker));
    if (active.length === 0 || text === '') return [];
    const view = plainView(text);
    const removals: Replacement[] = [];
    for (const { name, category, action, threshold, guard } of active) {
      const hits = hitsOf(guard, view.text, name);
      if (hits.length === 0 || scoreOf(hits) < threshold) continue;
      if (action === 'block') throw blocked(name, category, speaker);
      this.#onFlag(name);
      if (action === 'flag') continue;
      const by = `[removed: ${category}]`;
      for (const { start, end } of hits)
        removals.push({ start: view.original(start), end: view.original(end, true), by });
    }
    return united(removals);
  }

  /** A text without what is to be taken out. */
  judged(text: string, speaker: Speaker, form: 'text' | 'json'): string {
    const removals = this.removals(text, speaker);
    return removals.length === 0 ? text : withReplacements(text, form, removals);
  }
}

/** A guard that breaks has not said yes. What it threw may quote the text, so only its kind is said. */
function hitsOf({ judge }: Guard, text: string, name: string): readonly Hit[] {
  try {
    return judge(text);
  } catch (thrown) {
    const kind = thrown instanceof Error ? thrown.name : typeof thrown;
    throw new GatewayError(
      'guard.failed',
      `The guard "${name}" could not judge (${kind}), so nothing was let through.`,
    );
  }
}

function blocked(name: string, category: string, speaker: Speaker): GatewayError {
  const whose = speaker === 'output' ? 'answer' : 'request';
  return new GatewayError('guard.blocked', `The ${whose} was blocked by the guard "${name}" (${category}).`);
}

function united(removals: readonly Replacement[]): readonly Replacement[] {
  const all: Replacement[] = [];
  for (const next of removals.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last && next.start < last.end) all[all.length - 1] = { ...last, end: Math.max(last.end, next.end) };
    else all.push(next);
  }
  return all;
}

import type { LitellmSection } from './litellm-section.ts';
import { isTree, type SettingPath } from './path.ts';

const KINDS = {
  fallbacks: 'fallbacks',
  context_window_fallbacks: 'contextWindowFallbacks',
  content_policy_fallbacks: 'contentPolicyFallbacks',
} as const;

/** Translates the three lists of fallbacks and the default ones. A later section's list replaces an earlier one's. */
export function translateFallbacks(section: LitellmSection): void {
  for (const [theirs, ours] of Object.entries(KINDS)) {
    const value = section.take(theirs);
    if (value === undefined) continue;
    section.put(['routing', ours], {}, [theirs]);
    for (const { name, models, from } of entriesOf(value, section, [theirs])) {
      // In `fallbacks`, LiteLLM takes `*` for every model without a list of its own.
      const general = name === '*' && theirs === 'fallbacks';
      if (name === '*' && !general) section.work.refuse([...section.path, ...from]);
      else section.put(general ? ['routing', 'defaultFallbacks'] : ['routing', ours, name], models, from);
    }
  }
  const general = section.take('default_fallbacks');
  if (general === undefined) return;
  section.put(['routing', 'defaultFallbacks'], names(general, section, ['default_fallbacks']), ['default_fallbacks']);
}

interface Entry {
  readonly name: string;
  readonly models: unknown;
  readonly from: SettingPath;
}

/** LiteLLM writes a list of mappings with one name each: `[{gpt-4o: [a, b]}, {c: [d]}]`. */
function entriesOf(value: unknown, section: LitellmSection, from: SettingPath): Entry[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => entriesOf(item, section, [...from, index]));
  if (!isTree(value)) {
    section.work.refuse([...section.path, ...from], 'is not a mapping of a name to names');
    return [];
  }
  return Object.entries(value).map(([name, models]) => {
    const path = [...from, name];
    return { name, models: names(models, section, path), from: path };
  });
}

/** Model names only; an entry that brings parameters of its own has no counterpart here. */
function names(models: unknown, section: LitellmSection, from: SettingPath): unknown {
  if (!Array.isArray(models)) return models;
  return models.filter((model, index) => {
    if (typeof model === 'string') return true;
    section.work.refuse([...section.path, ...from, index]);
    return false;
  });
}

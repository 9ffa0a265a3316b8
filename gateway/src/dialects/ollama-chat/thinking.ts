import type { ReasoningWish } from '../../model/request.ts';
import type { Losses } from './losses.ts';

/** Reads `think`; `undefined` for what isn’t known. https://docs.ollama.com/capabilities/thinking */
export function reasoningOf(think: unknown): ReasoningWish | undefined {
  if (think === true) return { adaptive: true };
  if (think === false) return { budgetTokens: 0 };
  return typeof think === 'string' && think !== '' ? { effort: think } : undefined;
}

/** The levels of this wire for those of others, which have more of them. */
const LEVELS: Readonly<Record<string, string>> = { minimal: 'low', xhigh: 'high', max: 'high' };

/** Writes a wish for thoughts. Servers know levels and no budgets. */
export function thinkOut(wish: ReasoningWish | undefined, losses: Losses, own: boolean): boolean | string | undefined {
  if (!wish) return undefined;
  const { effort, budgetTokens } = wish;
  if (effort === 'none' || budgetTokens === 0) return false;
  if (effort === undefined) {
    if (budgetTokens !== undefined) losses.hint('thinking.budget_tokens');
    return true;
  }
  const level = own ? undefined : LEVELS[effort];
  if (level !== undefined) losses.hint('reasoning_effort');
  return level ?? effort;
}

import type { ReasoningWish } from '../../model/request.ts';
import { type Fields, isFields, numberOf, present } from './fields.ts';
import type { Losses } from './losses.ts';

/** Reads `thinking`; `undefined` for what isn't known. https://docs.cohere.com/docs/reasoning */
export function reasoningOf(thinking: unknown): ReasoningWish | undefined {
  if (!isFields(thinking)) return undefined;
  const { type, token_budget: said, ...rest } = thinking;
  const budgetTokens = numberOf(said);
  if (Object.keys(rest).length > 0 || budgetTokens !== said) return undefined;
  if (type === 'disabled' && budgetTokens === undefined) return { budgetTokens: 0 };
  if (type !== 'enabled') return undefined;
  // A budget of nothing would mean not to think at all elsewhere.
  if (budgetTokens === undefined) return { adaptive: true };
  return budgetTokens > 0 ? { budgetTokens } : undefined;
}

/** Budgets for the words that other dialects use. Unknown words mean `medium`. */
const EFFORT_BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 512,
  low: 1024,
  medium: 4096,
  high: 16_384,
  xhigh: 31_000,
  max: 31_000,
};

/** Models that are known not to think. They refuse to be told how. */
const UNTHINKING = /^(?:command-(?:a-03|a-vision|a-translate|r|light|nightly)|command$|c4ai-|aya)/;

/** Writes a wish for reasoning. Models that can think do so unless they are told not to. */
export function thinkingOut(wish: ReasoningWish | undefined, model: string, losses: Losses): Fields | undefined {
  if (!wish) return undefined;
  const budget = budgetOf(wish);
  if (!UNTHINKING.test(model)) {
    if (budget === 0) return { type: 'disabled' };
    return present({ type: 'enabled', token_budget: budget });
  }
  if (budget !== 0) losses.hint(wish.effort === undefined ? 'thinking' : 'reasoning_effort');
  return undefined;
}

/** `undefined` leaves it to the model. */
function budgetOf({ effort, budgetTokens, adaptive }: ReasoningWish): number | undefined {
  if (budgetTokens !== undefined) return budgetTokens;
  if (effort === 'none') return 0;
  if (effort === undefined || adaptive) return undefined;
  return EFFORT_BUDGET_TOKENS[effort] ?? EFFORT_BUDGET_TOKENS['medium'];
}

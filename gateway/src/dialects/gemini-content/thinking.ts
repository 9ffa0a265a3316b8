import type { ChatRequest, ReasoningWish } from '../../model/request.ts';
import { camelCased, type Fields, isFields, numberOf, spellingOf, textOf } from './fields.ts';
import type { Losses } from './losses.ts';

/**
 * Thinking budgets for the words that other dialects use, as Google's own OpenAI endpoint takes them.
 * https://ai.google.dev/gemini-api/docs/openai#thinking
 */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
};
const HIGHEST = 'high';
/** The budget that leaves it to the model. */
const DYNAMIC = -1;

/** Reads `thinkingConfig`. https://ai.google.dev/gemini-api/docs/thinking */
export function reasoningOf(config: unknown): ReasoningWish | undefined {
  if (!isFields(config)) return undefined;
  const { thinkingBudget, thinkingLevel } = camelCased(config);
  const budget = numberOf(thinkingBudget);
  if (budget !== undefined) return budget < 0 ? { adaptive: true } : { budgetTokens: budget };
  const level = textOf(thinkingLevel);
  return level === undefined || level === 'THINKING_LEVEL_UNSPECIFIED' ? undefined : { effort: level.toLowerCase() };
}

/** Writes a wish for reasoning. Requests that came in this dialect keep their own words. */
export function thinkingOut({ reasoning, extra }: ChatRequest, model: string, losses: Losses): unknown {
  const { thinkingConfig } = spellingOf(extra);
  if (thinkingConfig !== undefined || !reasoning) return thinkingConfig;
  if (!thinks(model)) {
    losses.hint('reasoning_effort');
    return undefined;
  }
  const { effort, budgetTokens, adaptive } = reasoning;
  if (budgetTokens !== undefined) return said({ thinkingBudget: budgetTokens }, budgetTokens > 0);
  if (effort !== undefined) return effortOut(effort, model);
  return adaptive ? said(thinksByLevel(model) ? {} : { thinkingBudget: DYNAMIC }, true) : undefined;
}

/** Whoever asks for thoughts in another dialect is told them. */
function said(config: Fields, isThinking: boolean): Fields {
  return isThinking ? { ...config, includeThoughts: true } : config;
}

function effortOut(effort: string, model: string): Fields {
  const word = effort in BUDGET_TOKENS ? effort : HIGHEST;
  if (!thinksByLevel(model)) return said({ thinkingBudget: BUDGET_TOKENS[word] }, word !== 'none');
  return said({ thinkingLevel: levelOf(word, model).toUpperCase() }, word !== 'none');
}

/** These models can't be kept from thinking, and the large ones know fewer levels. */
function levelOf(word: string, model: string): string {
  const isLarge = /-pro\b/.test(model);
  if (word === 'none' || word === 'minimal') return isLarge ? 'low' : 'minimal';
  return word === 'medium' && /gemini-3-pro/.test(model) ? HIGHEST : word;
}

/** Models before 2.5 don't think. */
function thinks(model: string): boolean {
  return !/gemini-(?:1|2\.0)|gemma-[123]|learnlm/.test(model);
}

/** Models think by level since the third generation; those before by a budget. */
export function thinksByLevel(model: string): boolean {
  return /gemini-(?:[3-9]|[1-9]\d)/.test(model);
}

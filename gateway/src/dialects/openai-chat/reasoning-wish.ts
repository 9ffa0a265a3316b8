import type { ReasoningWish } from '../../model/request.ts';
import { isObject, type JsonDraft, type JsonObject } from '../json-object.ts';
import type { Losses } from '../openai-losses.ts';

/**
 * OpenAI's reasoning models. They take `max_completion_tokens` in place of `max_tokens`.
 * https://platform.openai.com/docs/guides/reasoning
 */
const REASONING_MODELS = /(?:^|\/)(?:o[134](?:$|-)|gpt-5)/;
/** Models known not to reason; they refuse `reasoning_effort`. */
const PLAIN_MODELS = /(?:^|\/)(?:gpt-3|gpt-4|chatgpt-)/;

/** How the most tokens to write are called, by the model's name: compatible hosts often know only the older word. */
export function limitField(model: string): 'max_tokens' | 'max_completion_tokens' {
  return REASONING_MODELS.test(model) ? 'max_completion_tokens' : 'max_tokens';
}

/**
 * Effort for a thinking budget, which chat completions can't say. Whoever grants 16,000 tokens wants hard thinking;
 * Anthropic's least budget is 1,024.
 */
const EFFORTS = [
  { fromTokens: 16_000, effort: 'high' },
  { fromTokens: 4_000, effort: 'medium' },
  { fromTokens: 1, effort: 'low' },
] as const;

/** Ways to wish for reasoning that are objects; each host knows one of them. */
const OBJECT_FIELDS = ['reasoning', 'thinking'] as const;

/** OpenAI says `reasoning_effort`, OpenRouter `reasoning`, LiteLLM and DeepSeek `thinking`. */
export function readReasoning(body: JsonObject, fields: JsonDraft, spelling: JsonDraft): ReasoningWish | undefined {
  const { reasoning_effort: effort } = body;
  if (typeof effort === 'string') spelling['reasoning_effort'] = effort;
  for (const name of OBJECT_FIELDS) {
    const said = body[name];
    if (said === undefined || said === null) continue;
    (wishOfObject(name, said) ? spelling : fields)[name] = said;
  }
  return wishOf(spelling);
}

/** The wish that a spelling means. */
function wishOf(spelling: JsonObject): ReasoningWish | undefined {
  let wish: ReasoningWish | undefined;
  for (const name of OBJECT_FIELDS) {
    const read = wishOfObject(name, spelling[name]);
    if (read) wish = { ...wish, ...read };
  }
  const effort = spelling['reasoning_effort'];
  return typeof effort === 'string' ? { ...wish, effort } : wish;
}

function wishOfObject(name: (typeof OBJECT_FIELDS)[number], wire: unknown): ReasoningWish | undefined {
  if (!isObject(wire)) return undefined;
  return name === 'reasoning' ? wishOfReasoning(wire) : wishOfThinking(wire);
}

/** https://openrouter.ai/docs/use-cases/reasoning-tokens */
function wishOfReasoning({ effort, max_tokens: max, enabled, ...others }: JsonObject): ReasoningWish | undefined {
  if (Object.keys(others).length > 0) return undefined;
  if (enabled === false) return { budgetTokens: 0 };
  return {
    ...(typeof effort === 'string' ? { effort } : {}),
    ...(typeof max === 'number' ? { budgetTokens: max } : {}),
    ...(enabled === true && effort === undefined && max === undefined ? { adaptive: true } : {}),
  };
}

/** https://docs.litellm.ai/docs/reasoning_content and https://api-docs.deepseek.com/guides/thinking_mode */
function wishOfThinking({ type, budget_tokens: budget, ...others }: JsonObject): ReasoningWish | undefined {
  if (Object.keys(others).length > 0) return undefined;
  if (type === 'disabled') return { budgetTokens: 0 };
  if (typeof budget === 'number') return { budgetTokens: budget };
  return type === 'enabled' || type === 'adaptive' ? { adaptive: true } : undefined;
}

interface Where {
  readonly model: string;
  readonly spelling: JsonObject;
  readonly losses: Losses;
}

/** Writes the wish for reasoning just as the caller spelt it, or else as an effort. */
export function writeReasoning(wish: ReasoningWish | undefined, { model, spelling, losses }: Where): JsonObject {
  if (!wish) return {};
  const spelt = wishOf(spelling);
  if (spelt && sameWish(spelt, wish)) {
    const names = [...OBJECT_FIELDS, 'reasoning_effort'].filter((name) => spelling[name] !== undefined);
    return Object.fromEntries(names.map((name) => [name, spelling[name]]));
  }
  const canReason = !PLAIN_MODELS.test(model);
  if (wish.effort !== undefined) {
    if (canReason) return { reasoning_effort: wish.effort };
    losses.hint('output_config.effort');
    return {};
  }
  if (wish.budgetTokens === undefined) return {};
  losses.hint('thinking.budget_tokens');
  const effort = EFFORTS.find(({ fromTokens }) => (wish.budgetTokens ?? 0) >= fromTokens)?.effort;
  return canReason && effort !== undefined ? { reasoning_effort: effort } : {};
}

function sameWish(a: ReasoningWish, b: ReasoningWish): boolean {
  return a.effort === b.effort && a.budgetTokens === b.budgetTokens && a.adaptive === b.adaptive;
}

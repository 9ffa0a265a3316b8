import type { ChatRequest, ReasoningWish } from '../../model/request.ts';
import {
  type Fields,
  isEmpty,
  isFields,
  numberOf,
  onlyField,
  ownFields,
  present,
  spellingOf,
  textOf,
} from './fields.ts';
import type { Losses } from './losses.ts';

/** What `additionalModelRequestFields` come to: words, how they were written, and what has no word. */
export interface ModelFields {
  readonly words: Pick<ChatRequest, 'topK' | 'reasoning'>;
  readonly spelling: Fields;
  readonly rest: Fields;
}

/** Reads the fields that go on to the model as they are, in the model's own words. */
export function modelFieldsOf(fields: unknown): ModelFields {
  if (!isFields(fields)) return { words: {}, spelling: {}, rest: {} };
  const spelling: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  let wish: ReasoningWish = {};
  let topK: number | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const thought = wishOf(name, value);
    const top = topKOf(name, value);
    wish = { ...wish, ...thought };
    topK ??= top;
    if (thought || top !== undefined) spelling[name] = value;
    else rest[name] = value;
  }
  return { words: present({ topK, reasoning: isEmpty({ ...wish }) ? undefined : wish }), spelling, rest };
}

function topKOf(name: string, value: unknown): number | undefined {
  if (name === 'top_k') return numberOf(value);
  // https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
  const isOnly = name === 'inferenceConfig' && isFields(value) && onlyField(value)?.[0] === 'topK';
  return isOnly ? numberOf(value['topK']) : undefined;
}

function wishOf(name: string, value: unknown): ReasoningWish | undefined {
  if (name === 'reasoning_effort') return textOf(value) === undefined ? undefined : { effort: String(value) };
  if (!isFields(value)) return undefined;
  const { type, budget_tokens: budgetTokens, maxReasoningEffort, effort, ...rest } = value;
  if (!isEmpty(rest)) return undefined;
  if (name === 'thinking' || name === 'reasoning_config') {
    if (type === 'enabled' && typeof budgetTokens === 'number') return { budgetTokens };
    if (type === 'adaptive' && budgetTokens === undefined) return { adaptive: true };
    return type === 'disabled' ? { budgetTokens: 0 } : undefined;
  }
  if (name === 'output_config' && typeof effort === 'string' && type === undefined) return { effort };
  const isNova = name === 'reasoningConfig' && type === 'enabled' && typeof maxReasoningEffort === 'string';
  return isNova ? { effort: maxReasoningEffort } : undefined;
}

/** Thinking budgets for the words that other dialects use. */
const EFFORT_BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
};
/** `maxTokens` beside a thinking budget when the caller named none. */
const ANSWER_TOKENS = 4096;
const BUDGET_TOKENS_MIN = 1024;

/** Writes the model's own fields. Requests that came in this dialect keep their own words. */
export function modelFieldsOut(request: ChatRequest, model: string, losses: Losses): Fields {
  const own = ownFields(request.extra);
  if (own) {
    const rest = isFields(own['additionalModelRequestFields']) ? own['additionalModelRequestFields'] : {};
    const spelt = spellingOf(request.extra)['modelFields'];
    return { ...rest, ...(isFields(spelt) ? spelt : {}) };
  }
  return { ...topKOut(request.topK, model, losses), ...thinkingOut(request, model, losses) };
}

function topKOut(topK: number | undefined, model: string, losses: Losses): Fields {
  if (topK === undefined) return {};
  if (/claude|mistral/.test(model)) return { top_k: topK };
  if (/\bnova-/.test(model)) return { inferenceConfig: { topK } };
  losses.parameter('top_k');
  return {};
}

function thinkingOut(request: ChatRequest, model: string, losses: Losses): Fields {
  if (!request.reasoning) return {};
  const { effort } = request.reasoning;
  if (/claude/.test(model)) return claudeOut(request, losses);
  if (/gpt-oss|qwen|openai/.test(model) && effort !== undefined) return { reasoning_effort: effort };
  losses.hint('reasoning_effort');
  return {};
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html */
function claudeOut(
  { reasoning, maxOutputTokens, temperature = 1, topK, toolChoice }: ChatRequest,
  losses: Losses,
): Fields {
  const { effort, budgetTokens, adaptive } = reasoning ?? {};
  if (budgetTokens !== undefined) {
    return { thinking: budgetTokens === 0 ? { type: 'disabled' } : { type: 'enabled', budget_tokens: budgetTokens } };
  }
  if (adaptive)
    return { thinking: { type: 'adaptive' }, ...(effort === undefined ? {} : { output_config: { effort } }) };
  if (effort === undefined || effort === 'none') return {};
  const wanted = EFFORT_BUDGET_TOKENS[effort] ?? ANSWER_TOKENS;
  const budget = maxOutputTokens === undefined ? wanted : Math.min(wanted, maxOutputTokens - 1);
  // The effort is a wish and these are orders, so the wish gives way.
  const isForbidden =
    temperature !== 1 || topK !== undefined || toolChoice?.type === 'required' || toolChoice?.type === 'tool';
  if (budget >= BUDGET_TOKENS_MIN && !isForbidden) return { thinking: { type: 'enabled', budget_tokens: budget } };
  losses.hint('reasoning_effort');
  return {};
}

/** `maxTokens`: a thinking budget comes on top where the caller named none. */
export function maxTokensOut({ maxOutputTokens, extra }: ChatRequest, fields: Fields): number | undefined {
  if (maxOutputTokens !== undefined || ownFields(extra)) return maxOutputTokens;
  const thinking = fields['thinking'];
  const budget = isFields(thinking) ? numberOf(thinking['budget_tokens']) : undefined;
  return budget === undefined ? undefined : budget + ANSWER_TOKENS;
}

import type { ChatRequest, ReasoningWish } from '../../model/request.ts';
import { type Fields, isFields, ownFields, present } from './fields.ts';
import type { Losses } from './losses.ts';

/** `max_tokens` when the caller named none: the wire demands one. A thinking budget comes on top. */
export const DEFAULT_MAX_TOKENS = 4096;

/** The least budget that the wire takes. */
const BUDGET_TOKENS_MIN = 1024;

/** Thinking budgets for the words that other dialects use. Unknown words mean `medium`. */
const EFFORT_BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
};

/** Reads `thinking` and `output_config.effort`. `rest` is what they hold besides, to be written again. */
export function reasoningOf(
  thinking: unknown,
  effort: unknown,
): { readonly wish: ReasoningWish | undefined; readonly rest: Fields | undefined } {
  const words = typeof effort === 'string' ? { effort } : {};
  const { wish, rest } = thinkingOf(thinking);
  const whole = { ...words, ...wish };
  return { wish: Object.keys(whole).length > 0 ? whole : undefined, rest };
}

function thinkingOf(thinking: unknown): { readonly wish: ReasoningWish; readonly rest: Fields | undefined } {
  if (!isFields(thinking)) return { wish: {}, rest: undefined };
  const { type, budget_tokens: budgetTokens, ...others } = thinking;
  const rest = Object.keys(others).length > 0 ? others : undefined;
  if (type === 'disabled' && budgetTokens === undefined) return { wish: { budgetTokens: 0 }, rest };
  if (type === 'adaptive' && budgetTokens === undefined) return { wish: { adaptive: true }, rest };
  if (type === 'enabled' && typeof budgetTokens === 'number') return { wish: { budgetTokens }, rest };
  return { wish: {}, rest: thinking };
}

/** What a wish for reasoning comes to on this wire. */
export interface Thinking {
  readonly thinking: Fields | undefined;
  readonly effort: string | undefined;
  readonly maxTokens: number;
}

/**
 * Writes a wish for reasoning. Requests that came in this dialect keep their own words; the efforts of others become a
 * thinking budget, or adaptive thinking where the model takes no budget.
 * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function thinkingOut(request: ChatRequest, model: string, losses: Losses): Thinking {
  const own = ownFields(request.extra);
  const wish = request.reasoning;
  const leftover = own && isFields(own['thinking']) ? own['thinking'] : undefined;
  const said = wishOut(request, model, losses);
  const thinking = wish === undefined && !leftover ? undefined : { ...leftover, ...said.thinking };
  const budget = typeof thinking?.['budget_tokens'] === 'number' ? thinking['budget_tokens'] : 0;
  return {
    thinking: thinking && Object.keys(thinking).length > 0 ? thinking : undefined,
    effort: said.effort,
    maxTokens: request.maxOutputTokens ?? DEFAULT_MAX_TOKENS + budget,
  };
}

function wishOut(request: ChatRequest, model: string, losses: Losses): { thinking?: Fields; effort?: string } {
  const { effort, budgetTokens, adaptive } = request.reasoning ?? {};
  if (budgetTokens !== undefined) return { thinking: explicitBudget(budgetTokens), ...present({ effort }) };
  if (adaptive) return { thinking: { type: 'adaptive' }, ...present({ effort }) };
  if (effort === undefined) return {};
  if (ownFields(request.extra)) return { effort };
  if (!thinksByBudget(model)) return adaptiveEffort(effort, request, losses);
  if (effort === 'none') return {};
  const budget = budgetFor(effort, request.maxOutputTokens);
  const isPossible = budget >= BUDGET_TOKENS_MIN && !forbidsThinking(request) && !continuesUnprovenTurn(request);
  if (isPossible) return { thinking: explicitBudget(budget) };
  losses.hint('reasoning_effort');
  return {};
}

/**
 * What the provider refuses together with thinking. The effort is a wish and these are orders, so the wish gives way.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
function forbidsThinking({ temperature = 1, topK, toolChoice }: ChatRequest): boolean {
  return temperature !== 1 || topK !== undefined || toolChoice?.type === 'required' || toolChoice?.type === 'tool';
}

/** A turn that goes on after tool calls must begin with its thinking, with the proof that other dialects' clients drop. */
function continuesUnprovenTurn({ messages }: ChatRequest): boolean {
  if (!messages.at(-1)?.content.some(({ type }) => type === 'tool-result')) return false;
  const turn = messages.findLast(({ role }) => role === 'assistant')?.content ?? [];
  return !turn.some((part) => part.type === 'reasoning' && (part.signature ?? part.redacted) !== undefined);
}

function explicitBudget(budgetTokens: number): Fields {
  return budgetTokens === 0 ? { type: 'disabled' } : { type: 'enabled', budget_tokens: budgetTokens };
}

/** The wire demands that the budget is below `max_tokens`. */
function budgetFor(effort: string, maxOutputTokens: number | undefined): number {
  const budget = EFFORT_BUDGET_TOKENS[effort] ?? EFFORT_BUDGET_TOKENS['medium'] ?? BUDGET_TOKENS_MIN;
  return maxOutputTokens === undefined ? budget : Math.min(budget, maxOutputTokens - 1);
}

function adaptiveEffort(word: string, request: ChatRequest, losses: Losses): { thinking?: Fields; effort?: string } {
  if (word === 'none') return { thinking: { type: 'disabled' } };
  const effort = word === 'minimal' ? 'low' : word;
  if (!forbidsThinking(request)) return { thinking: { type: 'adaptive' }, effort };
  losses.hint('reasoning_effort');
  return { effort };
}

/** Claude thinks by effort since 4.6; models before that, and other makers' models on this wire, by a budget. */
function thinksByBudget(model: string): boolean {
  const name = /claude-(.+)$/.exec(model)?.[1];
  if (name === undefined || /^(instant|v?\d)/.test(name)) return true;
  const version = /^[a-z]+-(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(name);
  if (!version) return false;
  const major = Number(version[1]);
  return major < 4 || (major === 4 && Number(version[2] ?? 0) < 6);
}

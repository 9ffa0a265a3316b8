import type { ChatRequest, Extra, Message } from '../../model/request.ts';
import { LossList } from '../loss-list.ts';
import { asksForNothing, OPENAI_HINTS, refuseKept } from '../openai-kept.ts';
import { DIALECT } from './fields.ts';

/** Fields of other dialects that change the price, the record or the comfort, but not the answer. */
const HINTS: ReadonlySet<string> = new Set(['cache_control', 'context_management', 'speed', 'usage', ...OPENAI_HINTS]);

/** Collects what a request asks for and this wire can't say. */
export class Losses extends LossList {
  /** Fields of another dialect on a part, a message or a tool: refinements, so a loss of comfort. */
  foreign(extra: Extra | undefined, where: string): void {
    if (!extra || extra.dialect === DIALECT) return;
    for (const [key, value] of Object.entries(extra.fields)) if (hasEffect(key, value)) this.hint(`${where}.${key}`);
  }
}

/** Notes every parameter of the request that this wire has no word for, unless it has no effect as set. */
export function noteLostParameters(request: ChatRequest, losses: Losses): void {
  const { logitBias = {}, parallelToolCalls, tools = [], endUser, messages } = request;
  if (Object.keys(logitBias).length > 0) losses.parameter('logit_bias');
  // One tool may still be called twice, but that is rare; several are called at once as a rule.
  if (parallelToolCalls === false && tools.length > 1) losses.parameter('parallel_tool_calls');
  else if (parallelToolCalls === false && tools.length === 1) losses.hint('parallel_tool_calls');
  if (endUser !== undefined) losses.hint('user');
  if (messages.some(hasCacheHint) || tools.some((tool) => 'cacheHint' in tool)) losses.hint('cache_control');
  if (!request.extra || request.extra.dialect === DIALECT) return;
  refuseKept(request.extra.fields);
  for (const [key, value] of Object.entries(request.extra.fields)) {
    if (!hasEffect(key, value)) continue;
    if (HINTS.has(key)) losses.hint(key);
    else losses.parameter(key);
  }
}

function hasCacheHint({ content }: Message): boolean {
  return content.some(({ cacheHint }) => cacheHint !== undefined);
}

function hasEffect(key: string, value: unknown): boolean {
  if (asksForNothing(key, value)) return false;
  if (key === 'modalities') return !(Array.isArray(value) && value.every((modality) => modality === 'text'));
  return true;
}

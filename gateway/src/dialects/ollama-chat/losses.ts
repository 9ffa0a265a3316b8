import type { ChatRequest, Extra } from '../../model/request.ts';
import { LossList } from '../loss-list.ts';
import { asksForNothing, OPENAI_HINTS, refuseKept } from '../openai-kept.ts';
import { DIALECT } from './fields.ts';
import { TAKEN } from './options.ts';

/** Fields of other dialects that change the price, the record or the comfort, but not the answer. */
const HINTS: ReadonlySet<string> = new Set([
  'cache_control',
  'context_management',
  'labels',
  'safetySettings',
  'speed',
  'usage',
  ...OPENAI_HINTS,
]);

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
  const { choiceCount = 1, logitBias = {}, serviceTier = 'auto', output } = request;
  if (choiceCount > 1) losses.parameter('n');
  if (Object.keys(logitBias).length > 0) losses.parameter('logit_bias');
  if (serviceTier !== 'auto' && serviceTier !== 'default') losses.hint('service_tier');
  if (request.endUser !== undefined) losses.hint('user');
  if (output?.type === 'json-schema' && output.description !== undefined)
    losses.hint('response_format.json_schema.description');
  noteParallelCalls(request, losses);
  if (!request.extra || request.extra.dialect === DIALECT) return;
  refuseKept(request.extra.fields);
  for (const [key, value] of Object.entries(request.extra.fields)) {
    if (TAKEN.has(key) || !hasEffect(key, value)) continue;
    if (HINTS.has(key)) losses.hint(key);
    else losses.parameter(key);
  }
}

function noteParallelCalls({ parallelToolCalls, tools = [] }: ChatRequest, losses: Losses): void {
  // One tool may still be called twice, but that is rare; several are called at once as a rule.
  if (parallelToolCalls === false && tools.length > 1) losses.parameter('parallel_tool_calls');
  else if (parallelToolCalls === false && tools.length === 1) losses.hint('parallel_tool_calls');
}

function hasEffect(key: string, value: unknown): boolean {
  if (asksForNothing(key, value)) return false;
  if (key === 'modalities') return !(Array.isArray(value) && value.every((modality) => modality === 'text'));
  return true;
}

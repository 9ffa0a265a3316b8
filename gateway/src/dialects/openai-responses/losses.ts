import type { ChatRequest, Extra } from '../../model/request.ts';
import { Losses as OpenaiLosses } from '../openai-losses.ts';
import { DIALECT } from './fields.ts';

/** Collects what a request asks for and this wire can't say. */
export class Losses extends OpenaiLosses {
  /** Fields of another dialect on a part, a message or a tool: refinements, so a loss of comfort. */
  foreignPart(extra: Extra | undefined, where: string): void {
    if (!extra || extra.dialect === DIALECT) return;
    for (const [key, value] of Object.entries(extra.fields)) {
      if (value !== undefined && value !== null) this.hint(`${where}.${key}`);
    }
  }
}

/** Notes every parameter of the request that this wire has no word for, unless it has no effect as set. */
export function noteLostParameters(request: ChatRequest, losses: Losses): void {
  const { choiceCount = 1, logitBias = {}, seed, presencePenalty = 0, frequencyPenalty = 0, stop = [] } = request;
  if (choiceCount > 1) losses.parameter('n');
  if (Object.keys(logitBias).length > 0) losses.parameter('logit_bias');
  if (seed !== undefined) losses.parameter('seed');
  if (presencePenalty !== 0) losses.parameter('presence_penalty');
  if (frequencyPenalty !== 0) losses.parameter('frequency_penalty');
  if (request.topK !== undefined) losses.parameter('top_k');
  if (stop.length > 0) losses.parameter('stop');
  if (request.extra && request.extra.dialect !== DIALECT) losses.foreign(request.extra.fields);
}

import { GatewayError } from '../model/error.ts';
import type { Reply } from '../model/reply.ts';
import { Ask, type ChatRequest } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Stage, Step } from '../stages/contract.ts';
import type { Trail } from './trail.ts';
import { splicedAsk } from './spliced-ask.ts';
import { wayBack } from './way-back.ts';

/** The line that turns go along. */
export interface Pipeline {
  readonly stages: readonly Stage[];
  /** Asks a model. The end of the way in. */
  readonly send: (turn: Turn, trail: Trail) => Promise<Reply>;
}

/** Carries one turn through the stages, to a model, and back. Everything a request ever does, it does here. */
export async function run({ stages, send }: Pipeline, trail: Trail): Promise<Reply> {
  const steps: Step[] = [];
  let { turn } = trail;
  try {
    for (const stage of stages) {
      if (stage.wants && !stage.wants(turn)) continue;
      const step = await trail.enter(stage, turn);
      steps.push(step);
      if (step.answer) return wayBack(step.answer, steps, trail);
      if (step.request) turn = { ...turn, ask: asked(turn.ask, step.request, step.texts) };
    }
    return wayBack(await send(turn, trail), steps, trail);
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    const end = turn.cancellation.reason && error.code === 'request.cancelled' ? 'cancelled' : 'failed';
    await trail.close({ end, usage: undefined, usageEstimated: false, error, blind: false });
    throw error;
  }
}

function asked(before: Ask, request: ChatRequest, texts: Step['texts']): Ask {
  return texts ? splicedAsk(before, request, texts) : Ask.made(request);
}

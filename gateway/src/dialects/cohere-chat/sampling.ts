import type { ChatRequest } from '../../model/request.ts';
import { type Fields, ownFields, present } from './fields.ts';
import type { Losses } from './losses.ts';

/** Bounds that other wires don't have. https://docs.cohere.com/reference/chat */
const P_MIN = 0.01;
const P_MAX = 0.99;
const K_MAX = 500;
const STOP_SEQUENCES_MAX = 5;

/** What of a request says how words are chosen and when to stop. What came in this dialect is for the provider to judge. */
export function samplingFields(request: ChatRequest, losses: Losses): Fields {
  const { maxOutputTokens, temperature, seed, logprobs, topP, topK, stop } = request;
  const { presencePenalty, frequencyPenalty } = request;
  const own = ownFields(request.extra) !== undefined;
  return present({
    max_tokens: maxOutputTokens,
    temperature,
    seed,
    logprobs: logprobs === undefined ? undefined : true,
    p: own ? topP : nearestP(topP, losses),
    k: own ? topK : nearestK(topK, losses),
    presence_penalty: own ? presencePenalty : penaltyOut('presence_penalty', presencePenalty, losses),
    frequency_penalty: own ? frequencyPenalty : penaltyOut('frequency_penalty', frequencyPenalty, losses),
    stop_sequences: own ? stop : stopOut(stop, losses),
  });
}

/** The ends of the scale are as good as reached. */
function nearestP(p: number | undefined, losses: Losses): number | undefined {
  if (p === undefined || (p >= P_MIN && p <= P_MAX)) return p;
  losses.hint('top_p');
  return p < P_MIN ? P_MIN : P_MAX;
}

function nearestK(k: number | undefined, losses: Losses): number | undefined {
  if (k === undefined || k <= K_MAX) return k;
  losses.hint('top_k');
  return K_MAX;
}

/** From 0 to 1. One of 0 asks for nothing, and some models take one of the two only. */
function penaltyOut(name: string, penalty: number | undefined, losses: Losses): number | undefined {
  if (penalty === undefined || penalty === 0) return undefined;
  if (penalty > 0 && penalty <= 1) return penalty;
  losses.parameter(name);
  return penalty < 0 ? undefined : 1;
}

function stopOut(stop: readonly string[] | undefined, losses: Losses): readonly string[] | undefined {
  if (!stop) return undefined;
  const said = stop.filter((sequence) => sequence !== '').slice(0, STOP_SEQUENCES_MAX);
  if (said.length < stop.length) losses.parameter('stop');
  return said.length > 0 ? said : undefined;
}

import { GatewayError } from '../model/error.ts';

/** Why a search for a better prompt stopped before it had done all it was asked for. */
export interface EarlyEnd {
  readonly code: string;
  readonly message: string;
}

/** What hinders these, hinders saying what was found as well. */
const FINAL = new Set(['request.cancelled', 'gateway.bug', 'gateway.stopping']);

/**
 * A search that has found something already says so when it can't go on: it was paid for. Throws what leaves nothing to
 * say.
 */
export function earlyEnd(thrown: unknown): EarlyEnd {
  const { code, message } = GatewayError.from(thrown);
  if (!(thrown instanceof GatewayError) || FINAL.has(code)) throw thrown;
  return { code, message };
}

/** Whether a model just didn't manage to answer this once. */
export function isUnusable(thrown: unknown): boolean {
  return thrown instanceof GatewayError && thrown.code === 'prompting.unusable';
}

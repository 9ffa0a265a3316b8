import { GatewayError } from '../model/error.ts';
import type { Ask } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Deployment } from './deployment.ts';

/** What the check needs to know. */
export interface ContextCheckPorts {
  /** The most tokens that a deployment takes; `undefined` when nobody knows. */
  readonly windowOf: (deployment: Deployment) => number | undefined;
  /** How many tokens a request has, as well as a tokenizer can tell. */
  readonly countTokens: (ask: Ask, model: string) => Promise<number>;
}

/** Says why a request doesn't fit a deployment, before anybody is asked; `undefined` when it does, or nobody knows. */
export type ContextCheck = (turn: Turn, deployment: Deployment) => Promise<GatewayError | undefined> | undefined;

/** Compares what a request has with what a model takes. Counts only what might be too long: a token has a byte at least. */
export function contextCheck({ windowOf, countTokens }: ContextCheckPorts): ContextCheck {
  const counts = new WeakMap<Ask, Promise<number>>();
  return ({ ask, operation }, deployment) => {
    const window = windowOf(deployment);
    const bytes = ask.origin?.bytes.length;
    if (window === undefined || operation !== undefined || (bytes !== undefined && bytes <= window)) return undefined;
    let count = counts.get(ask);
    if (!count) {
      count = countTokens(ask, deployment.baseModel ?? deployment.model);
      counts.set(ask, count);
    }
    return count.then((tokens) => (tokens > window ? tooLong(deployment, tokens, window) : undefined));
  };
}

function tooLong({ provider, model }: Deployment, tokens: number, window: number): GatewayError {
  return new GatewayError(
    'upstream.context-window',
    `The prompt has about ${tokens} tokens, and ${provider.id}/${model} takes ${window}.`,
    { status: 400, upstreamCode: 'context_length_exceeded' },
  );
}

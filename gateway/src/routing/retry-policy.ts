import type { ErrorCode } from '../model/error-rules.ts';

/** Retries after errors of one kind. The kinds are LiteLLM's. */
export interface RetryPolicy {
  readonly badRequest?: number | undefined;
  readonly authentication?: number | undefined;
  readonly timeout?: number | undefined;
  readonly rateLimit?: number | undefined;
  readonly contentPolicy?: number | undefined;
  readonly internalServerError?: number | undefined;
}

/** What the operator says about retries. */
export interface RetrySettings {
  readonly retriesMax: number;
  readonly attemptsMax?: number | undefined;
  readonly retryPolicy: RetryPolicy;
  readonly groupRetryPolicies: Readonly<Record<string, RetryPolicy>>;
}

/** More attempts than this multiply a provider's trouble; Google's SRE book says the same. */
const USUAL_ATTEMPTS_MAX = 3;

/** Most attempts for one request. */
export function attemptsMax(settings: RetrySettings): number {
  const { retriesMax, retryPolicy: general, groupRetryPolicies } = settings;
  if (settings.attemptsMax !== undefined) return settings.attemptsMax;
  const policies = [general, ...Object.values(groupRetryPolicies)].flatMap((policy) => Object.values(policy));
  return Math.max(USUAL_ATTEMPTS_MAX, 1 + retriesMax, ...policies.map((retries: number = 0) => 1 + retries));
}

/** How often a name is asked again after an error of one kind; `undefined` where the operator says nothing about it. */
export function retryPolicy(settings: RetrySettings): (name: string, code: ErrorCode) => number | undefined {
  const { retryPolicy: general, groupRetryPolicies: groups } = settings;
  return (name, code) => {
    const kind = KINDS[code];
    if (kind === undefined) return undefined;
    return (Object.hasOwn(groups, name) ? groups[name]?.[kind] : undefined) ?? general[kind];
  };
}

const KINDS: Readonly<Partial<Record<ErrorCode, keyof RetryPolicy>>> = {
  'upstream.refused': 'badRequest',
  'upstream.context-window': 'badRequest',
  'upstream.content-policy': 'contentPolicy',
  'upstream.auth': 'authentication',
  'upstream.timeout': 'timeout',
  'upstream.rate-limited': 'rateLimit',
  'upstream.overloaded': 'internalServerError',
  'upstream.unreachable': 'internalServerError',
  'upstream.broke': 'internalServerError',
  'upstream.bad-response': 'internalServerError',
};

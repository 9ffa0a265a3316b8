import type { HealthBook } from '../health/health-book.ts';
import { GatewayError } from '../model/error.ts';
import type { Stop } from './plan.ts';

/** The error for a name whose targets all rest, with the time after which one of them may be asked again. */
export function unavailable(
  { name, deployments }: Stop,
  { health, clockMs }: { readonly health: HealthBook; readonly clockMs: () => number },
): GatewayError {
  const nowMs = clockMs();
  const rests = deployments.flatMap(({ id }) => health.of(id).breaker.rest(nowMs) ?? []);
  const retryAfterMs = Math.min(...rests.map(({ leftMs }) => leftMs));
  if (rests.length === 0) return new GatewayError('upstream.broke', 'No attempt is left for this model.');
  const why = [...new Set(rests.map(({ code }) => code))].join(', ');
  const isLimit = rests.every(({ code }) => code === 'upstream.rate-limited');
  const message = isLimit
    ? `The provider’s rate limit for the model "${name}" is reached.`
    : `The model "${name}" isn’t available: its provider failed too often (${why}) and is left alone for now.`;
  return new GatewayError(isLimit ? 'upstream.rate-limited' : 'upstream.unavailable', message, { retryAfterMs });
}

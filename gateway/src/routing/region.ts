import { GatewayError } from '../model/error.ts';
import type { Turn } from '../model/turn.ts';
import type { Deployment } from './deployment.ts';

/** What clouds call a part of the world, where that isn't its usual name, alone or with something behind it. */
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = { eu: ['eu', 'europe'] };

/**
 * Those that stand where the request and its key allow it. A target of which nobody said where it stands is none of them.
 * Throws `key.forbidden` when nobody is left.
 */
export function inRegions(name: string, all: readonly Deployment[], turn: Turn): readonly Deployment[] {
  const { regions: ofKey } = turn.caller;
  const { regions: wished } = turn.switches;
  if (!ofKey && !wished) return all;
  const allowed = all.filter(
    (deployment) => (!ofKey || standsIn(deployment, ofKey)) && (!wished || standsIn(deployment, wished)),
  );
  if (allowed.length > 0) return allowed;
  const where = [...new Set([...(ofKey ?? []), ...(wished ?? [])])].join(', ');
  throw new GatewayError('key.forbidden', `No target of the model "${name}" is known to stand in ${where}.`, {
    param: 'model',
  });
}

function standsIn({ region, fields }: Deployment, wished: readonly string[]): boolean {
  const own = (region ?? fields['region'] ?? fields['location'])?.toLowerCase();
  return own !== undefined && wished.some((wish) => isPartOf(own, wish.toLowerCase()));
}

function isPartOf(own: string, wish: string): boolean {
  return (BEGINNINGS[wish] ?? [wish]).some((beginning) => own === beginning || own.startsWith(`${beginning}-`));
}

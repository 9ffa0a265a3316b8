import { GatewayError } from '../model/error.ts';
import type { HttpDeployment } from '../routing/address.ts';

/** A path whose requests go to an address as they are. */
export interface ThroughRoute {
  readonly prefix: string;
  /** Throws when the address or its key isn't known. */
  readonly deployment: () => HttpDeployment;
}

/** A request that goes straight through, and where to. */
export interface ThroughTarget {
  readonly prefix: string;
  readonly deployment: HttpDeployment;
  /** Path and query as they are asked there. */
  readonly path: string;
}

/** Finds where a path leads, among those that the operator lets through. */
export interface Through {
  /** The prefix of the route, if there is one for this path. */
  readonly find: (path: string) => ThroughRoute | undefined;
  /** All of them. */
  readonly prefixes: readonly string[];
}

/** Whole segments of what a path may hold plainly; nothing that somebody else could read as another path. */
const PLAIN = /^(?:\/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*)*$/;
/** Dots, slashes, backslashes, semicolons, control characters and percent signs that are hidden. */
const HIDDEN = /%(?:2[eEfF5]|3[bB]|5[cC]|[01][0-9A-Fa-f]|7[fF])/;
const KEY_PARAMETERS: ReadonlySet<string> = new Set(['key', 'api_key', 'api-key', 'apikey', 'access_token', 'token']);

/** The routes of the operator, the longest prefix first. */
export function through(routes: readonly ThroughRoute[]): Through {
  const longest = [...routes].sort((a, b) => b.prefix.length - a.prefix.length);
  const prefixes = routes.map(({ prefix }) => prefix);
  return { prefixes, find: (path) => longest.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`)) };
}

/** Where a request goes. Throws `route.unknown` for a path that could be read in two ways. */
export function throughTarget({ prefix, deployment: find }: ThroughRoute, path: string, query: string): ThroughTarget {
  const rest = path.slice(prefix.length);
  const segments = rest.split('/').slice(1);
  const isPlain = PLAIN.test(rest) && !HIDDEN.test(rest);
  // An empty segment in the middle is dropped by some servers.
  const isStraight = segments.every(
    (segment, at) => segment !== '.' && segment !== '..' && (segment !== '' || at === segments.length - 1),
  );
  if (!isPlain || !isStraight) throw new GatewayError('route.unknown', 'There is no such path.');
  const deployment = find();
  const { pathPrefix } = deployment;
  // Clients write the version that the address ends with, or leave it to the address.
  const isWhole = pathPrefix !== '' && (rest === pathPrefix || rest.startsWith(`${pathPrefix}/`));
  const asked = isWhole ? rest : pathPrefix + rest;
  return { prefix, deployment, path: (asked === '' ? '/' : asked) + queryOut(query) };
}

/** The query without what looks like a key: the gateway's is nobody else's business, and the provider's is in the headers. */
function queryOut(query: string): string {
  const kept = query.split('&').filter((part) => {
    const [name = ''] = part.split('=', 1);
    return part !== '' && !KEY_PARAMETERS.has(decoded(name).toLowerCase());
  });
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

import type { Role } from '../model/turn.ts';

/** What the operator's configuration says about callers in general. */
export interface AccessRules {
  /** Users who are admins, whatever their keys say. */
  readonly adminUsers: readonly string[];
  readonly premiumUsers: readonly string[];
  /** Requests per minute of keys that have no limit of their own. Admins have none. */
  readonly basicRequestsPerMinute: number | undefined;
  readonly premiumRequestsPerMinute: number | undefined;
}

/** The role of a user's key: what the key says, or more where the rules say more. */
export function roleUnder(rules: AccessRules, role: Role, ...users: readonly (string | undefined)[]): Role {
  const isIn = (list: readonly string[]): boolean => users.some((user) => user !== undefined && list.includes(user));
  if (role === 'admin' || isIn(rules.adminUsers)) return 'admin';
  return isIn(rules.premiumUsers) ? 'premium' : role;
}

/** How many requests per minute a role may make, where its key doesn't say. */
export function requestsPerMinuteOf(rules: AccessRules, role: Role): number | undefined {
  if (role === 'admin') return undefined;
  return role === 'premium' ? rules.premiumRequestsPerMinute : rules.basicRequestsPerMinute;
}

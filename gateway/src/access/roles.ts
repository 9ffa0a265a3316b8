import { GatewayError } from '../model/error.ts';
import type { Caller, Role } from '../model/turn.ts';

const RANK: Readonly<Record<Role, number>> = { basic: 0, premium: 1, admin: 2 };

/** What may be done besides asking models, and the least role that may. */
export const PERMISSIONS = {
  'keys.manage': 'admin',
  'keys.read-own': 'basic',
  'spend.read': 'admin',
  'spend.read-own': 'basic',
  'audit.read': 'admin',
  'bodies.read': 'admin',
  'routes.read': 'admin',
  'cache.manage': 'admin',
  'keywords.manage': 'admin',
  'prompts.ask': 'basic',
  'prompts.improve': 'premium',
  'prompts.keep': 'basic',
  'prompts.compare': 'premium',
  'prompts.of-others': 'admin',
} as const satisfies Readonly<Record<string, Role>>;

/** Something that not everybody may do. */
export type Permission = keyof typeof PERMISSIONS;

/** Whether a role may do something. */
export function may({ role }: Pick<Caller, 'role'>, permission: Permission): boolean {
  return RANK[role] >= RANK[PERMISSIONS[permission]];
}

/** Throws `key.forbidden` when a caller may not do something. */
export function authorize(caller: Caller, permission: Permission): void {
  if (may(caller, permission)) return;
  throw new GatewayError('key.forbidden', `This needs a key with the role ${PERMISSIONS[permission]}.`);
}

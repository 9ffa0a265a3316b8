import type { GuardCategory } from '../model/guard.ts';
import type { Guard } from './contract.ts';
import { harmful } from './harmful.ts';
import { jailbreak } from './jailbreak.ts';
import { privateValues } from './private-values.ts';
import { promptInjection } from './prompt-injection.ts';
import { secrets } from './secrets.ts';
import { selfHarm } from './self-harm.ts';
import { toxic } from './toxic.ts';

/** Every guard, by category. */
export const guards: Readonly<Record<GuardCategory, Guard>> = {
  harmful,
  jailbreak,
  toxic,
  'self-harm': selfHarm,
  'prompt-injection': promptInjection,
  secrets,
  'private-data': privateValues,
};

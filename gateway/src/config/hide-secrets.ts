import { rewritten } from './rewrite.ts';
import type { Config } from './schema.ts';

/** What stands in place of a secret. */
const HIDDEN = '***';

/** A copy of the configuration that may be printed. */
export function hideSecrets(config: Config): Config {
  return rewritten(config, (value, { secret }) => (secret && value !== undefined ? HIDDEN : value)) as Config;
}

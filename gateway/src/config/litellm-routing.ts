import { type LitellmSection, readNumber, readSeconds, readTruth } from './litellm-section.ts';
import { isTree, type SettingPath } from './path.ts';

const STRATEGIES: Readonly<Record<string, string>> = {
  'simple-shuffle': 'shuffle',
  'least-busy': 'least-busy',
  'latency-based-routing': 'latency',
  'usage-based-routing': 'usage',
  'usage-based-routing-v2': 'usage',
  'cost-based-routing': 'cost',
};

/** Translates how targets are chosen, asked again, and left alone, and where that is shared. */
export function translateRouting(section: LitellmSection): void {
  section.move('routing_strategy', ['routing', 'strategy'], (value) => STRATEGIES[String(value)]);
  section.move('enable_tag_filtering', ['routing', 'tagFiltering'], truth);
  section.move('enable_pre_call_checks', ['routing', 'contextCheck'], truth);
  section.move('retry_policy', ['routing', 'retryPolicy'], readPolicy);
  section.move('model_group_retry_policy', ['routing', 'groupRetryPolicies'], readPolicies);
  section.move('redis_url', ['redis', 'url'], (value) => section.work.reference(value));
  section.move('redis_host', ['redis', 'hostName'], (value) => section.work.reference(value));
  section.move('redis_port', ['redis', 'portNumber'], readPort);
  section.move('redis_username', ['redis', 'username'], (value) => section.work.reference(value));
  section.move('redis_password', ['redis', 'password'], (value) => section.work.reference(value));
  section.move('redis_ssl', ['redis', 'tls'], readTruth);
  translateCooldown(section);
}

/** The usual reference needs no place in the file: the environment name means the port by itself. */
const readPort = (value: unknown): unknown => (value === 'os.environ/REDIS_PORT' ? 6379 : readNumber(value));

/** Translates when a target is left alone. */
export function translateCooldown(section: LitellmSection): void {
  const to = ['routing', 'breaker'];
  // LiteLLM says how many failures are allowed; one more is too many.
  section.move('allowed_fails', [...to, 'failuresMax'], (value) => {
    const allowed = readNumber(value);
    return typeof allowed === 'number' ? allowed + 1 : allowed;
  });
  section.move('cooldown_time', [...to, 'cooldownMs'], readSeconds);
  section.move('disable_cooldowns', [...to, 'enabled'], (value) => (typeof value === 'boolean' ? !value : undefined));
}

/** Translates what a target takes in a minute, where it stands, and for whom it is. */
export function translateShare(section: LitellmSection, to: SettingPath): void {
  section.move('rpm', [...to, 'requestsPerMinute'], readNumber);
  section.move('tpm', [...to, 'tokensPerMinute'], readNumber);
  section.move('region_name', [...to, 'region'], (value) => (typeof value === 'string' ? value : undefined));
  section.move('tags', [...to, 'tags'], (value) => (Array.isArray(value) ? value : undefined));
}

const truth = (value: unknown): unknown => (typeof value === 'boolean' ? value : undefined);

const RETRIES: Readonly<Record<string, string>> = {
  BadRequestErrorRetries: 'badRequest',
  AuthenticationErrorRetries: 'authentication',
  TimeoutErrorRetries: 'timeout',
  RateLimitErrorRetries: 'rateLimit',
  ContentPolicyViolationErrorRetries: 'contentPolicy',
  InternalServerErrorRetries: 'internalServerError',
};

/** A policy in our words; nothing when it has a word that isn't known. */
function readPolicy(value: unknown): unknown {
  if (!isTree(value)) return undefined;
  const entries = Object.entries(value).filter(([, retries]) => retries !== null);
  if (entries.some(([key]) => RETRIES[key] === undefined)) return undefined;
  return Object.fromEntries(entries.map(([key, retries]) => [RETRIES[key], retries]));
}

function readPolicies(value: unknown): unknown {
  if (!isTree(value)) return undefined;
  const policies = Object.entries(value).map(([group, policy]) => [group, readPolicy(policy)] as const);
  return policies.some(([, policy]) => policy === undefined) ? undefined : Object.fromEntries(policies);
}

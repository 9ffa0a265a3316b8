import { type Environment, type Meaning, numberOf, truthOf } from './environment-names.ts';

/** An environment name that people already have, and the setting it stands for. */
export interface KnownName {
  readonly name: string;
  readonly setting: readonly string[];
  readonly description: string;
  /** Reads the text; without it, it is read as the setting itself would be. `undefined` as value sets nothing. */
  readonly read?: (text: string) => Meaning;
  /** Wins over other names of the same setting, instead of contradicting them. */
  readonly wins?: boolean;
}

/** Python’s level names, as LiteLLM and the original take them, and ours. */
function levelOf(text: string): Meaning {
  const word = text.trim().toLowerCase();
  const others: Readonly<Record<string, string>> = {
    warning: 'warn',
    critical: 'error',
    fatal: 'error',
    notset: 'trace',
    off: 'silent',
  };
  return { value: Object.hasOwn(others, word) ? others[word] : word };
}

function millisecondsOf(text: string): Meaning {
  const seconds = numberOf(text);
  return 'wrong' in seconds
    ? { wrong: 'must be a number of seconds' }
    : { value: Math.round(Number(seconds.value) * 1000) };
}

function debugIf(text: string): Meaning {
  const truth = truthOf(text);
  return 'wrong' in truth ? truth : { value: truth.value ? 'debug' : undefined };
}

function modeIf(text: string): Meaning {
  const truth = truthOf(text);
  return 'wrong' in truth ? truth : { value: truth.value ? 'lossless' : 'off' };
}

function listOf(text: string): Meaning {
  return {
    value: text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  };
}

/** Python's tools name their driver behind the scheme. */
function databaseOf(text: string): Meaning {
  return { value: text.trim().replace(/^(postgres|postgresql)\+[a-z0-9]{1,20}:/, '$1:') };
}

const BASIC_LIMIT = ['limits', 'basicRequestsPerMinute'];
const PREMIUM_LIMIT = ['limits', 'premiumRequestsPerMinute'];
const LOG_LEVEL = ['log', 'level'];
const MASTER_KEY = ['access', 'masterKey'];
const TOTAL_TIMEOUT = ['upstream', 'totalTimeoutMs'];

/** Names that stand for one setting each. */
export const KNOWN_NAMES: readonly KnownName[] = [
  { name: 'HOST', setting: ['server', 'host'], description: 'Address to listen on.' },
  { name: 'SYNTHLANG_HOST', setting: ['server', 'host'], description: 'Address to listen on.' },
  { name: 'PORT', setting: ['server', 'port'], description: 'Port to listen on.' },
  { name: 'SYNTHLANG_PORT', setting: ['server', 'port'], description: 'Port to listen on.' },
  { name: 'SYNTHLANG_DATA_DIR', setting: ['dataDir'], description: 'Folder that everything is kept in.' },
  { name: 'LITELLM_MASTER_KEY', setting: MASTER_KEY, description: 'A key that may do everything.' },
  { name: 'ADMIN_API_KEY', setting: MASTER_KEY, description: 'A key that may do everything.' },
  {
    name: 'LITELLM_ENABLED',
    setting: ['routing', 'multiProvider'],
    description: 'Off sends everything to a plain OpenAI upstream.',
  },
  {
    name: 'LITELLM_TIMEOUT',
    setting: TOTAL_TIMEOUT,
    description: 'Longest time one request may take altogether, in seconds.',
    read: millisecondsOf,
  },
  {
    name: 'LLM_TIMEOUT',
    setting: TOTAL_TIMEOUT,
    description: 'Longest time one request may take altogether, in seconds.',
    read: millisecondsOf,
  },
  {
    name: 'LITELLM_MAX_RETRIES',
    setting: ['routing', 'retriesMax'],
    description: 'Retries of one target after its first attempt.',
  },
  {
    name: 'MASK_PII_BEFORE_LLM',
    setting: ['privacy', 'maskBeforeLlm'],
    description: 'Put placeholders in place of private data before anything leaves for a provider.',
  },
  {
    name: 'MASK_PII_IN_LOGS',
    setting: ['privacy', 'maskInLogs'],
    description: 'Mask private data in log lines, records and callbacks.',
  },
  {
    name: 'ENABLE_CACHE',
    setting: ['cache', 'enabled'],
    description: 'Give answers again when the same is asked again. Off unless it is set, unlike in the original.',
  },
  { name: 'LITELLM_CACHE', setting: ['cache', 'enabled'], description: 'The same as `ENABLE_CACHE`.' },
  {
    name: 'CACHE_SIMILARITY_THRESHOLD',
    setting: ['cache', 'semantic', 'threshold'],
    description: 'How close two questions must be; `cache.semantic.enabled` switches comparing on.',
  },
  { name: 'CACHE_MAX_ITEMS', setting: ['cache', 'entriesMax'], description: 'Most answers that are kept.' },
  {
    name: 'CACHE_TTL_SECONDS',
    setting: ['cache', 'ttlSeconds'],
    description: 'How long an answer is given again; 0 keeps it until there is no room.',
  },
  {
    name: 'ENABLE_KEYWORD_DETECTION',
    setting: ['keywords', 'detection'],
    description: 'Search messages for keyword patterns. Off unless it is set, unlike in the original.',
  },
  {
    name: 'KEYWORD_DETECTION_THRESHOLD',
    setting: ['keywords', 'detectionThreshold'],
    description: 'Least share of a message that a pattern must cover, from 0 to 1.',
  },
  { name: 'SYNTHLANG_KEYWORDS_CONFIG', setting: ['keywords', 'file'], description: 'A `keywords.toml`.' },
  { name: 'KEYWORD_CONFIG_PATH', setting: ['keywords', 'file'], description: 'A `keywords.toml`.' },
  { name: 'WEATHER_UNITS', setting: ['tools', 'weather', 'units'], description: '`metric` or `imperial`.' },
  { name: 'SEARXNG_URL', setting: ['tools', 'webSearch', 'searxngUrl'], description: 'Address of a SearXNG server.' },
  { name: 'BRAVE_API_KEY', setting: ['tools', 'webSearch', 'braveKey'], description: 'Key of the Brave Search API.' },
  { name: 'TAVILY_API_KEY', setting: ['tools', 'webSearch', 'tavilyKey'], description: 'Key of the Tavily API.' },
  { name: 'DEFAULT_RATE_LIMIT_QPM', setting: BASIC_LIMIT, description: 'Requests per minute of each basic key.' },
  { name: 'DEFAULT_RATE_LIMIT', setting: BASIC_LIMIT, description: 'The same as `DEFAULT_RATE_LIMIT_QPM`.' },
  { name: 'PREMIUM_RATE_LIMIT_QPM', setting: PREMIUM_LIMIT, description: 'Requests per minute of each premium key.' },
  { name: 'PREMIUM_RATE_LIMIT', setting: PREMIUM_LIMIT, description: 'The same as `PREMIUM_RATE_LIMIT_QPM`.' },
  {
    name: 'ADMIN_USERS',
    setting: ['access', 'adminUsers'],
    description: 'Users who are admins, with commas between; the key of `API_KEY` belongs to `env_user`.',
    read: listOf,
  },
  {
    name: 'PREMIUM_USERS',
    setting: ['access', 'premiumUsers'],
    description: 'Users who have the role premium, with commas between.',
    read: listOf,
  },
  {
    name: 'ENCRYPTION_KEY',
    setting: ['records', 'encryptionKey'],
    description: 'Secret that kept bodies are encrypted with.',
  },
  {
    name: 'DATABASE_URL',
    setting: ['store', 'url'],
    description: 'Address of a PostgreSQL database; also with the name of a Python driver in it.',
    read: databaseOf,
  },
  { name: 'REDIS_URL', setting: ['redis', 'url'], description: 'Address of a Redis that several gateways share.' },
  { name: 'REDIS_HOST', setting: ['redis', 'hostName'], description: 'Where that Redis is, without `REDIS_URL`.' },
  {
    name: 'REDIS_PORT',
    setting: ['redis', 'portNumber'],
    description: 'Its port; an address as Kubernetes sets it for a service is passed over.',
    // Kubernetes sets REDIS_PORT=tcp://… in every pod beside a service named redis.
    read: (text) => (text.startsWith('tcp://') ? { value: undefined } : numberOf(text)),
  },
  { name: 'REDIS_USERNAME', setting: ['redis', 'username'], description: 'Who signs in there.' },
  { name: 'REDIS_PASSWORD', setting: ['redis', 'password'], description: 'The password there.' },
  { name: 'REDIS_SSL', setting: ['redis', 'tls'], description: 'Whether to speak TLS there.' },
  {
    name: 'USE_SYNTHLANG',
    setting: ['saving', 'mode'],
    description: 'On says conversations in fewer tokens, without loss.',
    read: modeIf,
  },
  {
    name: 'ENABLE_SYNTHLANG',
    setting: ['saving', 'mode'],
    description: 'The same as `USE_SYNTHLANG`.',
    read: modeIf,
  },
  {
    name: 'SYNTHLANG_COMPRESSION_LEVEL',
    setting: ['saving', 'level'],
    description: 'How far that goes: low, medium or high.',
  },
  {
    name: 'LOG_LEVEL',
    setting: LOG_LEVEL,
    description: 'The least important lines that are written; any case, also WARNING and CRITICAL.',
    read: levelOf,
  },
  { name: 'SYNTHLANG_LOG_LEVEL', setting: LOG_LEVEL, description: 'The same as `LOG_LEVEL`.', read: levelOf },
  { name: 'LITELLM_LOG', setting: LOG_LEVEL, description: 'The same as `LOG_LEVEL`.', read: levelOf },
  {
    name: 'LITELLM_VERBOSE',
    setting: LOG_LEVEL,
    description: 'On writes debug lines, whatever `LOG_LEVEL` says; off changes nothing.',
    read: debugIf,
    wins: true,
  },
];

/** A name whose value becomes part of a list; `environment.ts` says how. */
export interface ListName {
  readonly name: string;
  readonly setting: string;
  readonly description: string;
}

/** Names that add to a list. */
export const LIST_NAMES: readonly ListName[] = [
  { name: 'API_KEY', setting: 'access.apiKeys', description: 'Adds a key with the id `env` and the role `basic`.' },
  {
    name: 'LANGFUSE_PUBLIC_KEY',
    setting: 'callbacks',
    description: 'With `LANGFUSE_SECRET_KEY`: sends finished turns to Langfuse.',
  },
  { name: 'LANGFUSE_SECRET_KEY', setting: 'callbacks', description: 'With `LANGFUSE_PUBLIC_KEY`: the same.' },
  { name: 'LANGFUSE_HOST', setting: 'callbacks', description: 'Address of the Langfuse server.' },
  { name: 'LANGFUSE_BASE_URL', setting: 'callbacks', description: 'The same as `LANGFUSE_HOST`.' },
  { name: 'LANGFUSE_BASEURL', setting: 'callbacks', description: 'The same as `LANGFUSE_HOST`.' },
];

/** A name whose feature isn't there: setting it is answered with a note, so that nobody believes it works. */
export interface UnsupportedName {
  readonly name: string;
  readonly consequence: string;
}

/** Names of the original and of LiteLLM that do nothing here. */
export const UNSUPPORTED_NAMES: readonly UnsupportedName[] = [
  { name: 'SYNTHLANG_USE_GZIP', consequence: 'prompts are not packed, since no model can read that' },
  { name: 'SYNTHLANG_MAX_LINE_LENGTH', consequence: 'lines are never wrapped' },
  { name: 'SYNTHLANG_CONFIG_DIR', consequence: 'the keyword file is named by `keywords.file`' },
  { name: 'DB_HOST', consequence: 'a database is named by `DATABASE_URL`' },
  { name: 'DEBUG_SQL', consequence: 'what the database is asked is not written anywhere' },
  { name: 'SQLITE_PATH', consequence: 'the database lies in `dataDir`' },
  { name: 'LITELLM_SALT_KEY', consequence: 'keys are hashed with `access.keyPepper`' },
  { name: 'SYNTHLANG_STORAGE_DIR', consequence: 'the folder is set by `dataDir`' },
];

/** The value of a name; an empty one counts as not set, because that is how compose files leave one out. */
export function given(env: Environment, name: string): string | undefined {
  const text = env[name];
  return text === undefined || text.trim() === '' ? undefined : text;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environmentName, PREFIX, settingOf, truthOf } from './environment-names.ts';
import { KNOWN_NAMES, LIST_NAMES, UNSUPPORTED_NAMES } from './known-names.ts';
import { loadText } from './load.ts';
import { pathText, valueAt } from './path.ts';
import { ownSettings } from './settings.ts';

const load = (env: Record<string, string>, text?: string) => loadText({ file: 'synthlang.yaml', text, env });

describe('names by rule', () => {
  test('every setting has one name, and the name has that setting', () => {
    const paths = ownSettings().map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(35);
    for (const path of paths) expect(settingOf(environmentName(path))).toEqual(path);
    expect(new Set(paths.map(environmentName)).size).toBe(paths.length);
  });

  test('names and settings are a bijection, whatever settings may come', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}([A-Z][a-z0-9]{0,5}){0,3}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (path) => {
        const name = environmentName(path);
        expect(name).toMatch(/^SYNTHLANG__[A-Z0-9_]+$/);
        expect(settingOf(name)).toEqual(path);
      }),
    );
  });

  test('the example of the documentation holds', () => {
    expect(environmentName(['server', 'bodyBytesMax'])).toBe('SYNTHLANG__SERVER__BODY_BYTES_MAX');
  });

  test.each([
    ['SERVER__PORT', '81', ['server', 'port'], 81],
    ['SERVER__HOST', '0', ['server', 'host'], '0'],
    ['LOG__TURNS', 'Off', ['log', 'turns'], false],
    ['ROUTING__FALLBACKS', '{"a":["b"]}', ['routing', 'fallbacks'], { a: ['b'] }],
    ['ROUTING__DEFAULT_FALLBACKS', '["a"]', ['routing', 'defaultFallbacks'], ['a']],
    ['ACCESS__MASTER_KEY', 'env:REAL', ['access', 'masterKey'], 'sk-real'],
    ['METRICS__ENABLED', '', ['metrics', 'enabled'], true],
  ])('%s is read as its setting wants it', (name, text, path, value) => {
    const { config } = load({ [PREFIX + name]: text, REAL: 'sk-real' });
    expect(valueAt(config, path)).toEqual(value);
  });

  test.each([
    ['SERVER__PORT', '0x50', 'server.port must be a number'],
    ['SERVER__PORT', '70000', 'server.port must be at most 65535'],
    ['SERVER__DRAIN_MS', '1.5', 'server.drainMs must be a whole number'],
    ['LOG__TURNS', 'maybe', 'log.turns must be 1/0, true/false, yes/no or on/off'],
    ['MODELS', 'gpt', 'models must be JSON'],
    ['SERVER__PROT', '1', `names no setting (did you mean "${PREFIX}SERVER__PORT"?)`],
  ])('a mistake in %s names the variable', (name, text, message) => {
    const said = name.endsWith('PROT') ? `${PREFIX}${name} ${message}` : `${PREFIX}${name}: ${message}`;
    expect(() => load({ [PREFIX + name]: text })).toThrow(said);
  });
});

test.each([
  ['1', true],
  ['TRUE', true],
  ['Yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['NO', false],
  ['Off', false],
])('the word %s is understood', (word, value) => expect(truthOf(word)).toEqual({ value }));

describe('names people already have', () => {
  const examples: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
    HOST: ['0.0.0.0', '0.0.0.0'],
    SYNTHLANG_HOST: ['::1', '::1'],
    PORT: ['4000', 4000],
    SYNTHLANG_PORT: ['4001', 4001],
    SYNTHLANG_DATA_DIR: ['/var/lib/synthlang', '/var/lib/synthlang'],
    LITELLM_MASTER_KEY: ['sk-1', 'sk-1'],
    ADMIN_API_KEY: ['sk-2', 'sk-2'],
    LITELLM_ENABLED: ['False', false],
    LITELLM_TIMEOUT: ['30', 30_000],
    LLM_TIMEOUT: ['1.5', 1500],
    LITELLM_MAX_RETRIES: ['3', 3],
    MASK_PII_BEFORE_LLM: ['1', true],
    MASK_PII_IN_LOGS: ['off', false],
    LOG_LEVEL: ['WARNING', 'warn'],
    SYNTHLANG_LOG_LEVEL: ['Critical', 'error'],
    LITELLM_LOG: ['ERROR', 'error'],
    LITELLM_VERBOSE: ['yes', 'debug'],
    ENABLE_CACHE: ['1', true],
    LITELLM_CACHE: ['True', true],
    CACHE_SIMILARITY_THRESHOLD: ['0.95', 0.95],
    CACHE_MAX_ITEMS: ['500', 500],
    CACHE_TTL_SECONDS: ['0', 0],
    ENABLE_KEYWORD_DETECTION: ['1', true],
    KEYWORD_DETECTION_THRESHOLD: ['0.4', 0.4],
    SYNTHLANG_KEYWORDS_CONFIG: ['a/keywords.toml', 'a/keywords.toml'],
    KEYWORD_CONFIG_PATH: ['b/keywords.toml', 'b/keywords.toml'],
    WEATHER_UNITS: ['imperial', 'imperial'],
    SEARXNG_URL: ['http://127.0.0.1:8888', 'http://127.0.0.1:8888'],
    BRAVE_API_KEY: ['brave-1', 'brave-1'],
    TAVILY_API_KEY: ['tvly-1', 'tvly-1'],
    USE_SYNTHLANG: ['1', 'lossless'],
    ENABLE_SYNTHLANG: ['on', 'lossless'],
    SYNTHLANG_COMPRESSION_LEVEL: ['high', 'high'],
    DEFAULT_RATE_LIMIT_QPM: ['60', 60],
    DEFAULT_RATE_LIMIT: ['61', 61],
    PREMIUM_RATE_LIMIT_QPM: ['120', 120],
    PREMIUM_RATE_LIMIT: ['121', 121],
    ADMIN_USERS: ['ada, grace,', ['ada', 'grace']],
    PREMIUM_USERS: ['bob', ['bob']],
    ENCRYPTION_KEY: ['0f1e2d3c4b5a69788796a5b4c3d2e1f0', '0f1e2d3c4b5a69788796a5b4c3d2e1f0'],
    REDIS_URL: ['redis://:secret@host:6379/1', 'redis://:secret@host:6379/1'],
    REDIS_HOST: ['cache.internal', 'cache.internal'],
    REDIS_PORT: ['6380', 6380],
    REDIS_USERNAME: ['ada', 'ada'],
    REDIS_PASSWORD: ['p@ss/word', 'p@ss/word'],
    REDIS_SSL: ['true', true],
    DATABASE_URL: ['postgresql+asyncpg://a:b@host/db', 'postgresql://a:b@host/db'],
  };

  test('every one of them has an example here', () => {
    expect(Object.keys(examples).toSorted()).toEqual(KNOWN_NAMES.map(({ name }) => name).toSorted());
  });

  test.each(KNOWN_NAMES)('$name sets what it says', ({ name, setting }) => {
    const [text, value] = examples[name] ?? ['', undefined];
    const { config, originsOf } = load({ [name]: text });
    expect(valueAt(config, setting)).toEqual(value);
    expect(originsOf(setting)).toEqual([name]);
  });

  test.each(KNOWN_NAMES)('$name wins over the file, and its setting’s own name over it', ({ name, setting }) => {
    const others: Readonly<Record<string, string | number | boolean | readonly string[]>> = {
      'server.port': 7,
      'routing.multiProvider': true,
      'upstream.totalTimeoutMs': 7,
      'routing.retriesMax': 7,
      'log.level': 'trace',
      'privacy.maskBeforeLlm': false,
      'privacy.maskInLogs': true,
      'cache.enabled': false,
      'cache.semantic.threshold': 0.7,
      'cache.entriesMax': 7,
      'cache.ttlSeconds': 7,
      'keywords.detection': false,
      'keywords.detectionThreshold': 0.9,
      'tools.weather.units': 'metric',
      'tools.webSearch.searxngUrl': 'http://search.example',
      'saving.mode': 'audit',
      'saving.level': 'low',
      'limits.basicRequestsPerMinute': 7,
      'limits.premiumRequestsPerMinute': 7,
      'access.adminUsers': ['other'],
      'access.premiumUsers': ['other'],
      'store.url': 'postgres://other/db',
      'redis.url': 'rediss://other',
      'redis.portNumber': 7,
      'redis.tls': false,
      'records.encryptionKey': 'another long secret 0815',
    };
    const [text, value] = examples[name] ?? ['', undefined];
    const other = others[pathText(setting)] ?? 'other';
    const file = JSON.stringify(setting.toReversed().reduce<unknown>((inner, part) => ({ [part]: inner }), other));
    expect(valueAt(load({}, file).config, setting)).toEqual(other);
    expect(valueAt(load({ [name]: text }, file).config, setting)).toEqual(value);
    const own = { [environmentName(setting)]: typeof other === 'object' ? JSON.stringify(other) : String(other) };
    expect(valueAt(load({ [name]: text, ...own }).config, setting)).toEqual(other);
  });

  test.each([
    'PORT',
    'LITELLM_TIMEOUT',
    'LITELLM_MAX_RETRIES',
    'LITELLM_ENABLED',
    'LITELLM_VERBOSE',
    'MASK_PII_BEFORE_LLM',
    'LOG_LEVEL',
  ])('nonsense in %s is an error that names it', (name) =>
    expect(() => load({ [name]: 'perhaps' })).toThrow(`${name}: `),
  );

  test('an empty value counts as not set', () => {
    const names = [...KNOWN_NAMES, ...LIST_NAMES, ...UNSUPPORTED_NAMES].map(({ name }) => [name, ''] as const);
    const { config, unsupported } = load(Object.fromEntries(names));
    expect(config).toEqual(load({}).config);
    expect(unsupported).toEqual([]);
  });

  test('two names that contradict each other are an error, two that agree are not', () => {
    expect(() => load({ ADMIN_API_KEY: 'a', LITELLM_MASTER_KEY: 'b' })).toThrow(
      'LITELLM_MASTER_KEY and ADMIN_API_KEY contradict each other about access.masterKey',
    );
    expect(load({ ADMIN_API_KEY: 'a', LITELLM_MASTER_KEY: 'a' }).config.access.masterKey).toBe('a');
  });

  test('LITELLM_VERBOSE raises whatever LOG_LEVEL says, and off changes nothing', () => {
    expect(load({ LOG_LEVEL: 'INFO', LITELLM_VERBOSE: '1' }).config.log.level).toBe('debug');
    expect(load({ LOG_LEVEL: 'error', LITELLM_VERBOSE: 'false' }).config.log.level).toBe('error');
  });

  test('API_KEY adds a key to those of the file', () => {
    const { config } = load({ API_KEY: 'sk-env' }, 'access: {apiKeys: [{id: a, key: sk-a, role: admin}]}');
    expect(config.access.apiKeys).toEqual([
      { id: 'a', key: 'sk-a', role: 'admin' },
      { id: 'env', key: 'sk-env', role: 'basic' },
    ]);
  });
});

describe('Langfuse', () => {
  const keys = { LANGFUSE_PUBLIC_KEY: 'pk', LANGFUSE_SECRET_KEY: 'sk' };

  test('both keys make a callback', () => {
    expect(load(keys).config.callbacks).toMatchObject([
      { kind: 'langfuse', host: 'https://cloud.langfuse.com', publicKey: 'pk', secretKey: 'sk' },
    ]);
  });

  test.each(['LANGFUSE_HOST', 'LANGFUSE_BASE_URL', 'LANGFUSE_BASEURL'])('%s names the server', (name) => {
    const { callbacks } = load({ ...keys, [name]: 'http://localhost:3000' }).config;
    expect(callbacks).toMatchObject([{ host: 'http://localhost:3000' }]);
  });

  test('one key without the other is an error', () => {
    expect(() => load({ LANGFUSE_PUBLIC_KEY: 'pk' })).toThrow('LANGFUSE_SECRET_KEY is not');
    expect(() => load({ LANGFUSE_SECRET_KEY: 'sk' })).toThrow('LANGFUSE_PUBLIC_KEY is not');
  });

  test('a callback of the file is completed, not doubled', () => {
    const text = 'callbacks: [{kind: langfuse, publicKey: mine}, {kind: webhook, url: "http://localhost"}]';
    const { callbacks } = load({ ...keys, LANGFUSE_HOST: 'http://localhost:3000' }, text).config;
    expect(callbacks).toMatchObject([
      { kind: 'langfuse', publicKey: 'mine', secretKey: 'sk', host: 'http://localhost:3000' },
      { kind: 'webhook' },
    ]);
  });

  test('a wrong address is blamed on the name that holds it', () => {
    expect(() => load({ ...keys, LANGFUSE_HOST: 'nowhere' })).toThrow('LANGFUSE_HOST: callbacks[0].host must be');
  });
});

describe('names without a feature', () => {
  test.each(UNSUPPORTED_NAMES)('$name is not ignored in silence', ({ name, consequence }) => {
    expect(load({ [name]: 'something' }).unsupported).toEqual([
      `${name} is set, but does nothing here: ${consequence}`,
    ]);
  });

  test('switching off what isn’t there needs no note', () => {
    expect(load({ USE_SYNTHLANG: 'false' }).unsupported).toEqual([]);
  });

  test('no name stands in two tables', () => {
    const names = [...KNOWN_NAMES, ...LIST_NAMES, ...UNSUPPORTED_NAMES].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadText } from '../../src/config/load.ts';
import { say, status } from '../scripted-provider/acts.ts';
import { type Answer, chatOf, during, messageOf, openScene, PROVIDER_KEYS, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';

/** The names that the product promises, and the other ones that the original's server reads. */
const PROMISED =
  'OPENAI_API_KEY ANTHROPIC_API_KEY API_KEY ADMIN_API_KEY ADMIN_USERS PREMIUM_USERS DATABASE_URL ENCRYPTION_KEY ' +
  'USE_SYNTHLANG SYNTHLANG_COMPRESSION_LEVEL ENABLE_CACHE CACHE_SIMILARITY_THRESHOLD ENABLE_KEYWORD_DETECTION ' +
  'MASK_PII_BEFORE_LLM MASK_PII_IN_LOGS DEFAULT_RATE_LIMIT_QPM PREMIUM_RATE_LIMIT_QPM LITELLM_ENABLED LITELLM_CACHE ' +
  'LITELLM_VERBOSE LITELLM_TIMEOUT LITELLM_MAX_RETRIES LITELLM_MASTER_KEY REDIS_URL HOST PORT LOG_LEVEL ' +
  'LITELLM_PROXY_API_BASE LITELLM_PROXY_API_KEY OPENAI_BASE_URL KEYWORD_DETECTION_THRESHOLD ' +
  'SYNTHLANG_KEYWORDS_CONFIG CACHE_MAX_ITEMS SYNTHLANG_USE_GZIP';
const DOES_NOTHING = ['DB_HOST', 'DEBUG_SQL', 'SQLITE_PATH', 'SYNTHLANG_CONFIG_DIR', 'SYNTHLANG_MAX_LINE_LENGTH'];

/** Most of them at once, each with something to see. */
const ALL = {
  LITELLM_MASTER_KEY: 'sk-CANARY-master-0123456789',
  LITELLM_MAX_RETRIES: '2',
  LITELLM_VERBOSE: 'on',
  LOG_LEVEL: 'ERROR',
  ENABLE_CACHE: '1',
  LITELLM_CACHE: 'True',
  CACHE_MAX_ITEMS: '1',
  ENABLE_KEYWORD_DETECTION: 'yes',
  KEYWORD_DETECTION_THRESHOLD: '0.9',
  MASK_PII_BEFORE_LLM: '1',
  MASK_PII_IN_LOGS: 'off',
  USE_SYNTHLANG: 'true',
  SYNTHLANG_COMPRESSION_LEVEL: 'low',
  SYNTHLANG__ROUTING__BACKOFF_MIN_MS: '0',
  SYNTHLANG__ROUTING__BACKOFF_MAX_MS: '0',
};

let named: Scene;
let bare: Scene;
beforeAll(async () => {
  [named, bare] = await Promise.all([
    openScene({ env: ALL }),
    openScene({ env: { LITELLM_MASTER_KEY: ALL.LITELLM_MASTER_KEY } }),
  ]);
  named.openai.perform(say('Hello you'));
  bare.openai.perform(say('Hello you'));
});
afterAll(() => Promise.all([named.close(), bare.close()]));

const saying = (content: string, fields = {}) => chatOf('gpt-4o', { messages: [{ role: 'user', content }], ...fields });
const asked = (scene: Scene, body: object) => during(scene.openai, () => scene.ask(CHAT, body));
const toolOf = ({ headers }: Answer) => headers.get('x-synthlang-tool');

test('every name that is promised is set by a test that looks at what it does', () => {
  const folder = import.meta.dirname;
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'environment-names.test.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const isTested = (name: string): boolean => name in ALL || new RegExp(`\\b${name}\\b`).test(tests);
  expect(PROMISED.split(' ').filter((name) => !isTested(name))).toEqual([]);
});

describe('each name does what it says', () => {
  test('OPENAI_API_KEY, ANTHROPIC_API_KEY and their base URLs make both providers ready', async () => {
    const { requests } = await asked(bare, saying('Hello'));
    expect(requests[0]?.headers['authorization']).toBe(`Bearer ${PROVIDER_KEYS.openai}`);
    const anthropic = await during(bare.anthropic, () => bare.ask('/v1/messages', messageOf('claude-sonnet-4-5')));
    expect(anthropic.requests[0]?.headers['x-api-key']).toBe(PROVIDER_KEYS.anthropic);
  });

  test('ENABLE_CACHE and LITELLM_CACHE: the same question is asked once; without them, as often as it comes', async () => {
    for (const [scene, times] of [
      [named, 1],
      [bare, 2],
    ] as const) {
      const { requests } = await during(scene.openai, async () => {
        for (let count = 0; count < 2; count += 1) await scene.ask(CHAT, saying('What is a cache?'));
      });
      expect(requests).toHaveLength(times);
    }
  });

  test('CACHE_MAX_ITEMS: no more answers are kept', async () => {
    for (const word of ['one', 'two', 'three']) await named.ask(CHAT, saying(word));
    expect((await named.get('/v1/cache/stats')).json).toMatchObject({ entries: 1 });
  });

  test('ENABLE_KEYWORD_DETECTION and KEYWORD_DETECTION_THRESHOLD: a pattern that covers the message finds it', async () => {
    const sum = saying('Calculate 2+2*5');
    expect([toolOf((await asked(named, sum)).result), toolOf((await asked(bare, sum)).result)]).toEqual([
      'calculator',
      null,
    ]);
    const aside = saying(`There are many ways to say it, but in the end: calculate 2+2*5`);
    expect(toolOf((await asked(named, aside)).result)).toBeNull();
  });

  test('MASK_PII_BEFORE_LLM: a provider sees placeholders', async () => {
    const body = saying('Write to ada@example.org.');
    const [masked, open] = [await asked(named, body), await asked(bare, body)];
    expect(masked.requests[0]?.body.toString()).toContain('Write to <EMAIL_1>.');
    expect(open.requests[0]?.body.toString()).toContain('Write to ada@example.org.');
  });

  test('MASK_PII_IN_LOGS: switched off, log lines are written as they are; LITELLM_VERBOSE: they are written', async () => {
    const line = async (scene: Scene): Promise<unknown> => {
      const { headers } = await scene.ask(CHAT, saying('Hello', { tags: ['for ada@example.org'] }));
      const id = headers.get('x-request-id') ?? 'none';
      return JSON.parse(await scene.gateway.logged((text) => text.includes(id)));
    };
    expect(await line(named)).toMatchObject({ tags: ['for ada@example.org'] });
    expect(await line(bare)).toMatchObject({ tags: ['for <EMAIL>'] });
  });

  test('USE_SYNTHLANG and SYNTHLANG_COMPRESSION_LEVEL: what tools wrote goes out smaller, as far as the level allows', async () => {
    const rows = Array.from({ length: 30 }, (_, id) => ({ id, title: `Title number ${id}`, state: 'open' }));
    const content = JSON.stringify(rows, undefined, 4);
    const messages = [
      { role: 'user', content: 'Which are open?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'list', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content },
    ];
    const result = async (scene: Scene, fields: object = {}): Promise<unknown> => {
      const { requests } = await asked(scene, chatOf('gpt-4o', { messages, ...fields }));
      return (requests[0]?.json['messages'] as readonly { content: string }[] | undefined)?.[2]?.content;
    };
    expect(await result(bare)).toBe(content);
    expect(await result(named)).toBe(JSON.stringify(rows));
    expect(await result(named, { synthlang_compression_level: 'medium' })).toMatch(/^\[JSON, its lists of objects/);
  });

  test('LITELLM_MAX_RETRIES: so many attempts come after the first', async () => {
    named.openai.perform(status(500));
    const { requests } = await asked(named, saying('Fail, please.'));
    named.openai.perform(say('Hello you'));
    expect(requests).toHaveLength(3);
  });

  test.each(DOES_NOTHING)('%s does nothing, and that is said', (name) => {
    const { unsupported } = loadText({ file: 'synthlang.yaml', text: undefined, env: { [name]: 'something' } });
    expect(unsupported).toEqual([expect.stringContaining(`${name} is set, but does nothing here`)]);
  });
});

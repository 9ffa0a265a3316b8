import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SWITCH_NAMES, type SwitchName } from '../../src/model/switch-rules.ts';
import { chatOf, during, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const MASTER = 'sk-CANARY-master-0123456789';
const IGNORING = 'sk-CANARY-ignoring-0123456789';
const REFUSING = 'sk-CANARY-refusing-0123456789';
const FREE = 'sk-CANARY-free-0123456789';
const PREMIUM = 'sk-CANARY-premium-0123456789';
const PLAIN = 'sk-CANARY-plain-0123456789';
const MASKED = 'sk-CANARY-masked-0123456789';

const all = (verdict: 'allow' | 'ignore' | 'refuse') => Object.fromEntries(SWITCH_NAMES.map((name) => [name, verdict]));

/** A value of each switch that does something, or that turns off what is on. */
const VALUES: Readonly<Record<SwitchName, unknown>> = {
  fallbacks: ['gpt-4.1'],
  disable_fallbacks: true,
  num_retries: 1,
  timeout: 5,
  tags: ['a'],
  drop_params: true,
  additional_drop_params: ['seed'],
  allowed_openai_params: ['seed'],
  mock_response: 'mocked',
  stream_continuation: true,
  disable_keyword_detection: true,
  use_synthlang: true,
  synthlang_compression_level: 'low',
  mask_pii_before_llm: false,
  mask_pii_in_logs: false,
  cache: { 'no-cache': true },
};

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: () => ({
      access: {
        switches: { mock_response: 'ignore', timeout: 'refuse' },
        roleSwitches: { premium: all('refuse'), admin: { mock_response: 'allow' } },
        apiKeys: [
          { id: 'ignoring', key: IGNORING, switches: all('ignore') },
          { id: 'refusing', key: REFUSING, switches: all('refuse') },
          { id: 'free', key: FREE, role: 'premium', switches: all('allow') },
          { id: 'premium', key: PREMIUM, role: 'premium' },
          { id: 'plain', key: PLAIN },
          { id: 'masked', key: MASKED, privacy: { maskBeforeLlm: true, callersMaySwitchOff: false } },
        ],
      },
    }),
    env: { LITELLM_MASTER_KEY: MASTER },
  });
});
afterAll(() => scene.close());

const asking = (
  key: string,
  fields: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
) => scene.ask(CHAT, chatOf('gpt-4o', fields), { headers: { authorization: `Bearer ${key}`, ...headers } });

describe.each(SWITCH_NAMES)('%s', (name) => {
  const fields = { [name]: VALUES[name] };

  test('is passed over with a warning where a key’s is ignored', async () => {
    const { result, requests } = await during(scene.openai, () => asking(IGNORING, fields));
    expect(result.status).toBe(200);
    expect(result.headers.get('x-synthlang-warning')).toContain(`${name}: passed over`);
    expect(requests[0]?.json).not.toHaveProperty(name);
  });

  test('is refused by name where a key or its role may not use it, and nobody is asked', async () => {
    for (const key of [REFUSING, PREMIUM]) {
      const { result, requests } = await during(scene.openai, () => asking(key, fields));
      expect(result).toMatchObject({ status: 403, json: { error: { param: name, code: 'key.forbidden' } } });
      expect(requests).toEqual([]);
    }
  });

  test('holds for a key that may use it, though its role may not', async () => {
    const answer = await asking(FREE, fields);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-synthlang-warning') ?? '').not.toContain('passed over');
  });
});

test('what holds for everybody holds where neither key nor role say otherwise', async () => {
  const ignored = await asking(PLAIN, { mock_response: 'mocked' });
  expect(ignored.text).not.toContain('mocked');
  expect((await asking(PLAIN, { timeout: 5 })).status).toBe(403);
  expect((await asking(MASTER, { mock_response: 'mocked' })).text).toContain('mocked');
  expect((await asking(MASTER, { timeout: 5 })).status).toBe(403);
});

test('a key that is made over HTTP has its rules in its metadata, and they can be changed', async () => {
  const admin = { headers: { authorization: `Bearer ${MASTER}` } };
  const made = await scene.ask('/key/generate', { metadata: { switches: { cache: 'refuse' } } }, admin);
  const { key } = made.json as { key: string };
  expect((await asking(key, { cache: { 'no-cache': true } })).status).toBe(403);
  expect((await asking(key, { tags: ['a'] })).status).toBe(200);
  await scene.ask('/key/update', { key, metadata: { switches: { tags: 'ignore' } } }, admin);
  expect((await asking(key, { cache: { 'no-cache': true } })).status).toBe(200);
  expect((await asking(key, { tags: ['a'] })).headers.get('x-synthlang-warning')).toContain('tags: passed over');
});

test.each([{ cache: 'maybe' }, { other: 'allow' }, 'refuse', 3])(
  'rules that are none are refused: %o',
  async (switches) => {
    const admin = { headers: { authorization: `Bearer ${MASTER}` } };
    const { status, text } = await scene.ask('/key/generate', { metadata: { switches } }, admin);
    expect(status).toBe(400);
    expect(text).toContain('metadata.switches');
  },
);

test('a header is a switch as well', async () => {
  expect((await asking(REFUSING, {}, { 'x-synthlang-timeout': '5' })).status).toBe(403);
  const passed = await asking(IGNORING, {}, { 'x-synthlang-tags': 'a' });
  expect(passed.headers.get('x-synthlang-warning')).toContain('tags: passed over');
});

test('masking is switched on by anybody, and off by nobody who may not', async () => {
  const messages = [{ role: 'user', content: 'Write to ada@example.org' }];
  for (const [key, wish] of [
    [REFUSING, true],
    [MASKED, false],
  ] as const) {
    const { result, requests } = await during(scene.openai, () =>
      asking(key, { messages }, { 'x-mask-pii-before-llm': String(wish) }),
    );
    expect(result.status).toBe(200);
    expect(JSON.stringify(requests[0]?.json)).not.toContain('ada@example.org');
    expect(result.headers.get('x-synthlang-warning') ?? '').toMatch(wish ? /^$/ : /mask_pii_before_llm: passed over/);
  }
});

test('errors are in the caller’s dialect', async () => {
  const body = { model: 'gpt-4o', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }], timeout: 5 };
  const { status, json } = await scene.ask('/v1/messages', body, { headers: { authorization: `Bearer ${PLAIN}` } });
  expect(status).toBe(403);
  expect(json).toMatchObject({ type: 'error', error: { type: 'permission_error' } });
});

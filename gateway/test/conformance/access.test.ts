import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway } from '../gateway-process.ts';
import { chatOf, during, messageOf, openScene, type Scene, send } from './scene.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const MASTER = 'sk-master-0123456789abcdef';
const TEAM = 'sk-team-0123456789abcdef';
const LIMITED = 'sk-limited-0123456789abcdef';
const FROM_ENV = 'sk-from-env-0123456789abcdef';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: () => ({
      access: {
        apiKeys: [
          { id: 'team', key: 'env:TEAM_KEY' },
          { id: 'limited', key: LIMITED, models: ['gpt-4o-mini', 'openai/gpt-4o'] },
        ],
      },
      routing: { fallbacks: { 'gpt-4o-mini': ['gpt-4', 'openai/gpt-4o'] }, retriesMax: 0 },
    }),
    env: { LITELLM_MASTER_KEY: MASTER, API_KEY: FROM_ENV, TEAM_KEY: TEAM },
  });
});
afterAll(() => scene.close());

const CHAT = '/v1/chat/completions';
const ROUTES = [
  [CHAT, chatOf('gpt-4o')],
  ['/chat/completions', chatOf('gpt-4o')],
  ['/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello' }],
  ['/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello' }],
  ['/v1/messages', messageOf('gpt-4o')],
] as const;

const BAD_KEYS = [
  ['no key', { authorization: null }],
  ['an unknown key', { authorization: 'Bearer sk-CANARY-unknown' }],
  ['an unknown x-api-key', { authorization: null, 'x-api-key': 'sk-CANARY-unknown' }],
  ['another scheme', { authorization: `Basic ${MASTER}` }],
  ['a key without a scheme', { authorization: MASTER }],
  ['an empty key', { authorization: 'Bearer ' }],
  ['two different keys', { authorization: `Bearer ${MASTER}`, 'x-api-key': TEAM }],
  ['a very long key', { authorization: `Bearer ${'k'.repeat(9000)}` }],
] as const;

describe.each(ROUTES)('%s', (path, body) => {
  test.each(BAD_KEYS)('answers 401 to %s, before anything is sent upstream', async (_, headers) => {
    const { result, requests } = await during(scene.openai, () => scene.ask(path, body, { headers }));
    expect(result.status).toBe(401);
    expect(result.json).toMatchObject(
      path === '/v1/messages'
        ? { type: 'error', error: { type: 'authentication_error', message: expect.stringContaining('Unauthorized') } }
        : {
            error: {
              type: 'authentication_error',
              code: 'invalid_api_key',
              message: expect.stringContaining('Unauthorized'),
            },
          },
    );
    expect(result.text).not.toContain('CANARY');
    expect(requests).toEqual([]);
  });
});

test('a missing key is said before a body that can’t be read', async () => {
  expect((await scene.ask(CHAT, 'not json', { headers: { authorization: null } })).status).toBe(401);
  expect((await scene.ask(CHAT, 'not json')).status).toBe(400);
});

test.each(['/v1/models', '/models', '/v1/models/synthlang/echo', '/metrics'])(
  'GET %s wants a key as well',
  async (path) => {
    expect((await scene.get(path, { headers: { authorization: null } })).status).toBe(401);
    expect((await scene.get(path)).status).toBe(200);
  },
);

test.each([
  ['Authorization', { authorization: `Bearer ${TEAM}` }],
  ['Authorization, whatever its case', { authorization: `bearer ${TEAM}` }],
  ['x-api-key, as Anthropic’s clients do', { 'x-api-key': TEAM }],
  ['api-key, as Azure’s clients do', { 'api-key': TEAM }],
  ['x-goog-api-key, as Google’s clients do', { 'x-goog-api-key': TEAM }],
  ['two headers that agree', { authorization: `Bearer ${TEAM}`, 'x-api-key': TEAM }],
])('a key may come in %s', async (_, headers) => {
  const answer = await scene.ask(CHAT, chatOf('gpt-4o'), { headers: { authorization: null, ...headers } });
  expect(answer.status).toBe(200);
});

test.each([
  ['LITELLM_MASTER_KEY', MASTER],
  ['API_KEY', FROM_ENV],
  ['the config, by reference to the environment', TEAM],
])('the key of %s is known', async (_, key) => {
  expect((await scene.ask(CHAT, chatOf('gpt-4o'), { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
});

test('the caller’s key never reaches the provider; the provider’s own does', async () => {
  await scene.ask(CHAT, chatOf('gpt-4o'), {
    headers: { authorization: null, 'x-api-key': TEAM, cookie: 'session=CANARY' },
  });
  const seen = scene.openai.requests.at(-1);
  expect(seen?.headers['authorization']).toBe('Bearer sk-CANARY-openai-key');
  expect(JSON.stringify(seen?.headers)).not.toMatch(/sk-team|session/);
});

describe('a key with a list of models', () => {
  const headers = { authorization: `Bearer ${LIMITED}` };

  test('may ask for those on it', async () => {
    for (const model of ['gpt-4o-mini', 'openai/gpt-4o'])
      expect((await scene.ask(CHAT, chatOf(model), { headers })).status).toBe(200);
  });

  test.each(['gpt-4o', 'claude-3-haiku', 'synthlang/echo', 'nobody-knows'])(
    'gets 403 for %s, and nothing is sent',
    async (model) => {
      const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf(model), { headers }));
      expect(result).toMatchObject({
        status: 403,
        json: {
          error: {
            type: 'permission_error',
            code: 'key.forbidden',
            param: 'model',
            message: expect.stringContaining(model),
          },
        },
      });
      expect(requests).toEqual([]);
    },
  );

  test('gets 403 in Anthropic’s words on Anthropic’s route', async () => {
    expect(await scene.ask('/v1/messages', messageOf('gpt-4o'), { headers })).toMatchObject({
      status: 403,
      json: { type: 'error', error: { type: 'permission_error' } },
    });
  });

  test('can’t reach another model by wishing for it as a fallback', async () => {
    const answer = await scene.ask(CHAT, chatOf('gpt-4o-mini', { fallbacks: ['gpt-4'] }), { headers });
    expect(answer).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('gpt-4') } } });
  });

  test('passes over configured fallbacks that it may not use', async () => {
    scene.openai.perform((_, { model }) => (model === 'gpt-4o-mini' ? { status: 500, errorMessage: 'Down.' } : {}));
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf('gpt-4o-mini'), { headers }));
    scene.openai.perform({});
    expect(result.status).toBe(200);
    expect(requests.map(({ model }) => model)).toEqual(['gpt-4o-mini', 'gpt-4o']);
    expect(result.headers.get('x-synthlang-fallbacks')).toBe('1');
  });

  test('sees only those in the list of models', async () => {
    const { json } = await scene.get('/v1/models', { headers });
    expect((json as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(['openai/gpt-4o']);
    expect((await scene.get('/v1/models/synthlang/echo', { headers })).status).toBe(404);
  });
});

describe('the first key', () => {
  test('is shown once, kept as a hash that only the owner can read, and works after the next start', async () => {
    const folder = temporaryFolder('first');
    const first = await startGateway({ folder });
    const { key } = first;
    expect(key).toMatch(/^sk-[\w-]{40,}$/);
    expect(first.stderr.join('\n')).toContain(
      `curl ${first.url}/v1/chat/completions -H "authorization: Bearer ${key}"`,
    );
    expect(await echo(first.url, key)).toBe(200);
    await first.stop();

    const file = join(folder, 'data/master-key.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(textsIn(folder)).not.toContain(key);
    expect(first.stdout.join('\n')).not.toContain(key);

    const second = await startGateway({ folder });
    expect([...second.stderr, ...second.stdout].join('\n')).not.toMatch(/sk-/);
    expect(await echo(second.url, key)).toBe(200);
    expect(await echo(second.url, `${key}x`)).toBe(401);
    await second.stop();
  });

  test('is not made when one is configured', () => {
    expect(existsSync(join(scene.gateway.folder, 'data/master-key.json'))).toBe(false);
    expect(scene.gateway.stderr.join('\n')).not.toContain('First admin key');
  });
});

async function echo(url: string, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return (await send(url + CHAT, { method: 'POST', headers, body: chatOf('synthlang/echo') })).status;
}

function textsIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('\n');
}

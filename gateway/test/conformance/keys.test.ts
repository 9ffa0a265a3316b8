import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway } from '../gateway-process.ts';
import { type GovernedScene, MASTER, openGovernedScene } from './governed-scene.ts';
import { chatOf, during, messageOf, send } from './scene.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const CHAT = '/v1/chat/completions';

const folder = temporaryFolder('keys');
let scene: GovernedScene;
beforeAll(async () => {
  scene = await openGovernedScene({}, { folder });
});
afterAll(async () => {
  await scene.close();
});

test('a key is made, shown once, and works', async () => {
  const answer = await scene.manage('/key/generate', {
    key_alias: 'ci',
    user_id: 'ada',
    models: ['priced'],
    duration: '30d',
    max_budget: 12.5,
    budget_duration: '30d',
    rpm_limit: 100,
    tpm_limit: 100_000,
    max_parallel_requests: 5,
    metadata: { team: 'search' },
  });
  expect(answer.json).toMatchObject({
    key: expect.stringMatching(/^sk-[\w-]{43}$/),
    token: expect.stringMatching(/^[0-9a-f]{64}$/),
    key_name: expect.stringMatching(/^sk-\.\.\.[\w-]{4}$/),
    key_alias: 'ci',
    user_id: 'ada',
    role: 'basic',
    models: ['priced'],
    spend: 0,
    max_budget: 12.5,
    budget_duration: '30d',
    rpm_limit: 100,
    tpm_limit: 100_000,
    max_parallel_requests: 5,
    metadata: { team: 'search' },
    blocked: false,
    created_by: 'master',
    expires: expect.stringMatching(/^20\d\d-.*Z$/),
  });
  const { key } = answer.json as { key: string };
  expect((await scene.ask(CHAT, chatOf('priced'), scene.as(key))).status).toBe(200);
  expect((await scene.ask(CHAT, chatOf('gpt-4o'), scene.as(key))).status).toBe(403);
  expect(
    (await scene.ask('/v1/messages', messageOf('priced'), { headers: { authorization: null, 'x-api-key': key } }))
      .status,
  ).toBe(200);
  const said = [JSON.stringify(await scene.info(key)), (await scene.get('/key/list?return_full_object=true')).text];
  expect(said.join()).not.toContain(key);
});

test('a key of one’s own is taken, once', async () => {
  const own = 'sk-brought-along-0123456789';
  expect((await scene.generate({ key: own })).key).toBe(own);
  expect((await scene.ask(CHAT, chatOf('priced'), scene.as(own))).status).toBe(200);
  expect(await scene.manage('/key/generate', { key: own })).toMatchObject({
    status: 409,
    json: { error: { code: 'record.taken' } },
  });
});

test.each([
  [{ max_bugdet: 1 }, 'max_bugdet'],
  [{ max_budget: '1' }, 'max_budget'],
  [{ max_budget: -1 }, 'max_budget'],
  [{ rpm_limit: 1.5 }, 'rpm_limit'],
  [{ duration: 'soon' }, 'duration'],
  [{ budget_duration: '0d' }, 'budget_duration'],
  [{ models: 'gpt-4o' }, 'models'],
  [{ role: 'owner' }, 'role'],
  [{ key: 'short' }, 'key'],
  [{ metadata: 'text' }, 'metadata'],
])('%j is refused by name', async (fields, param) => {
  expect(await scene.manage('/key/generate', fields)).toMatchObject({ status: 400, json: { error: { param } } });
});

test('a key is changed, and holds what was not named', async () => {
  const { key, token } = await scene.generate({ key_alias: 'changing', rpm_limit: 5, models: ['nothing'] });
  expect((await scene.ask(CHAT, chatOf('priced'), scene.as(key))).status).toBe(403);
  const { json } = await scene.manage('/key/update', { key: token, models: ['priced'], max_budget: 3 });
  expect(json).toMatchObject({ key_alias: 'changing', rpm_limit: 5, models: ['priced'], max_budget: 3 });
  expect((await scene.ask(CHAT, chatOf('priced'), scene.as(key))).status).toBe(200);
  const { json: less } = await scene.manage('/key/update', { key, rpm_limit: null, models: [] });
  expect(less).toMatchObject({ rpm_limit: null, models: [], max_budget: 3 });
});

test('a blocked key asks for nothing until it is unblocked', async () => {
  const { key } = await scene.generate();
  await scene.manage('/key/block', { key });
  const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf('priced'), scene.as(key)));
  expect(result).toMatchObject({ status: 401, json: { error: { code: 'key.blocked' } } });
  expect(requests).toEqual([]);
  await scene.manage('/key/unblock', { key });
  expect((await scene.ask(CHAT, chatOf('priced'), scene.as(key))).status).toBe(200);
});

test('a deleted key is a stranger’s', async () => {
  const { key } = await scene.generate({ key_alias: 'gone' });
  const other = await scene.generate();
  const answer = await scene.manage('/key/delete', { key_aliases: ['gone'], keys: [other.token] });
  expect(answer.json).toEqual({ deleted_keys: [other.token, 'gone'] });
  for (const each of [key, other.key])
    expect((await scene.ask(CHAT, chatOf('priced'), scene.as(each))).status).toBe(401);
  expect((await scene.manage('/key/delete', { keys: [key] })).status).toBe(404);
});

test('an expired key is told so', async () => {
  const { key } = await scene.generate({ duration: '1s' });
  await expect
    .poll(async () => (await scene.ask(CHAT, chatOf('priced'), scene.as(key))).json, { timeout: 5000 })
    .toMatchObject({ error: { code: 'key.expired', type: 'authentication_error' } });
});

describe('permissions', () => {
  const ROUTES = [
    ['POST', '/key/generate'],
    ['POST', '/key/update'],
    ['POST', '/key/delete'],
    ['POST', '/key/block'],
    ['POST', '/key/unblock'],
    ['GET', '/key/list'],
    ['GET', '/spend/keys'],
    ['GET', '/admin/audit'],
    ['GET', '/spend/logs?api_key=somebody'],
  ] as const;

  test.each(ROUTES)('%s %s is for admins', async (method, path) => {
    const { key } = await scene.generate({ role: 'premium' });
    const ask = (headers: Record<string, string | null>) =>
      method === 'GET' ? scene.get(path, { headers }) : scene.ask(path, {}, { headers });
    expect((await ask({ authorization: null })).status).toBe(401);
    expect(await ask({ authorization: `Bearer ${key}` })).toMatchObject({
      status: 403,
      json: { error: { code: 'key.forbidden' } },
    });
    expect([200, 400, 404]).toContain((await ask({})).status);
  });

  test('everybody may look at their own key, and at no other', async () => {
    const { key, token } = await scene.generate({ key_alias: 'looks' });
    const other = await scene.generate();
    expect((await scene.get('/key/info', scene.as(key))).json).toMatchObject({
      key: token,
      info: { key_alias: 'looks' },
    });
    expect((await scene.get(`/key/info?key=${other.token}`, scene.as(key))).status).toBe(403);
    expect((await scene.get('/key/info?key=nobody', scene.as(key))).status).toBe(403);
  });

  test('a key with the role admin manages keys, and its acts are under its name', async () => {
    const admin = await scene.generate({ role: 'admin' });
    const made = await scene.manage('/key/generate', { key_alias: 'by-another' }, scene.as(admin.key));
    expect(made.json).toMatchObject({ created_by: admin.token });
    const { json } = await scene.get('/admin/audit?limit=1');
    const [act] = (json as { audit: readonly { after: object }[] }).audit;
    expect(act).toMatchObject({ actor: admin.token, action: 'key.generate', after: { alias: 'by-another' } });
    expect(JSON.stringify(act)).not.toContain((made.json as { key: string }).key);
  });
});

test('the list has pages', async () => {
  for (let count = 0; count < 3; count += 1) await scene.generate({ user_id: 'lister' });
  const page = async (number: number) => (await scene.get(`/key/list?user_id=lister&size=2&page=${number}`)).json;
  expect(await page(1)).toMatchObject({
    total_count: 3,
    current_page: 1,
    total_pages: 2,
    keys: [expect.any(String), expect.any(String)],
  });
  expect(await page(2)).toMatchObject({ keys: [expect.any(String)] });
});

test('keys outlive the gateway, and their text is in no file', async () => {
  const { key, token } = await scene.generate({ key_alias: 'stays', max_budget: 2 });
  await scene.ask(CHAT, chatOf('priced'), scene.as(key));
  const before = await scene.info(key);
  expect(before['spend']).toBeGreaterThan(0);
  await scene.gateway.stop();
  expect(filesIn(join(folder, 'data'))).not.toContain(key);
  const again = await startGateway({
    folder,
    args: ['--port', '0', '--config', 'config.yaml'],
    env: { LITELLM_MASTER_KEY: MASTER, OPENAI_API_KEY: 'sk-provider', OPENAI_BASE_URL: scene.places.openai },
  });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  expect((await send(`${again.url}${CHAT}`, { method: 'POST', headers, body: chatOf('priced') })).status).toBe(200);
  const { json } = await send(`${again.url}/key/info`, { headers });
  const { info } = json as { info: Record<string, number> };
  expect(info).toMatchObject({ token, key_alias: 'stays', max_budget: 2 });
  expect(info['spend']).toBeCloseTo(2 * Number(before['spend']), 9);
  await again.stop();
});

function filesIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

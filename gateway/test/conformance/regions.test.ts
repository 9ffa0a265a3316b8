import { afterAll, beforeAll, expect, test } from 'vitest';
import { status } from '../scripted-provider/acts.ts';
import { byModel } from '../scripted-provider/script.ts';
import { openScene, type Scene } from './scene.ts';

const EU_KEY = 'sk-CANARY-eu-0123456789';
const MASTER = 'sk-master-0123456789abcdef';
let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    env: { LITELLM_MASTER_KEY: MASTER },
    config: ({ openai }) => ({
      models: [
        { name: 'chat', target: 'openai/american', key: 'sk-upstream-0123456789', apiBase: openai, region: 'us' },
        {
          name: 'chat',
          target: 'openai/european',
          key: 'sk-upstream-0123456789',
          apiBase: openai,
          region: 'eu-west-1',
        },
        { name: 'fragile', target: 'openai/breaks', key: 'sk-upstream-0123456789', apiBase: openai, region: 'eu' },
        { name: 'elsewhere', target: 'openai/american', key: 'sk-upstream-0123456789', apiBase: openai, region: 'us' },
      ],
      routing: { fallbacks: { fragile: ['elsewhere'] }, retriesMax: 0 },
      access: { apiKeys: [{ id: 'eu', key: EU_KEY, regions: ['eu'] }] },
    }),
  });
  scene.openai.perform(byModel({ breaks: status(500) }));
});
afterAll(() => scene.close());

const question = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
});
const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
const asked = () => scene.openai.requests.map(({ model, json }) => [model, json] as const);

test('a request goes where it may go, and the wish stays here', async () => {
  for (let times = 0; times < 8; times += 1) {
    const answer = await scene.ask('/v1/chat/completions', question('chat', { allowed_model_region: 'eu' }));
    expect(answer.headers.get('x-synthlang-deployment')).toBe('openai/european');
  }
  expect(asked().at(-1)?.[1]).not.toHaveProperty('allowed_model_region');
});

test('a key’s regions hold for fallbacks too, and no header lifts them', async () => {
  const headers = { ...as(EU_KEY).headers, 'x-synthlang-allowed-model-region': 'us' };
  const forbidden = await scene.ask('/v1/chat/completions', question('chat'), { headers });
  expect([forbidden.status, forbidden.text.includes('known to stand in')]).toEqual([403, true]);
  const before = scene.openai.requests.length;
  const failed = await scene.ask('/v1/chat/completions', question('fragile'), as(EU_KEY));
  expect(failed.status).toBe(500);
  expect(
    asked()
      .slice(before)
      .map(([model]) => model),
  ).toEqual(['breaks']);
});

test('a stored key has its regions in its metadata, and a wrong list is refused', async () => {
  const made = await scene.ask('/key/generate', { metadata: { regions: ['eu'] } }, as(MASTER));
  const { key } = made.json as { key: string };
  const answer = await scene.ask('/v1/chat/completions', question('elsewhere'), as(key));
  expect(answer.status).toBe(403);
  expect((await scene.ask('/key/generate', { metadata: { regions: 'eu' } }, as(MASTER))).status).toBe(400);
});

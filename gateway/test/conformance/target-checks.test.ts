import { afterAll, beforeAll, expect, test } from 'vitest';
import { status } from '../scripted-provider/acts.ts';
import { until } from '../faults/until.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    breaker: true,
    config: ({ openai }) => ({
      models: [{ name: 'chat', target: 'openai/fragile', key: 'sk-upstream-0123456789', apiBase: openai }],
      routing: {
        retriesMax: 0,
        checkEveryMs: 50,
        breaker: { failuresMax: 2, cooldownMs: 100, cooldownMaxMs: 100 },
      },
    }),
  });
});
afterAll(() => scene.close());

const QUESTION = { model: 'chat', messages: [{ role: 'user', content: 'Are you there?' }] };
const checks = () => scene.openai.requests.filter(({ json }) => JSON.stringify(json).includes('Say OK.'));

async function state(): Promise<string | undefined> {
  const { json } = await scene.get('/health/providers');
  return (json as { targets: { state: string }[] }).targets[0]?.state;
}

test('a target that was left alone is tried by the gateway itself, and comes back without a caller', async () => {
  scene.openai.perform(status(500));
  for (let times = 0; times < 2; times += 1) await scene.ask('/v1/chat/completions', QUESTION);
  await until('it was tried in vain', () => checks().length > 0);
  scene.openai.perform({});
  await until('it is well again', async () => (await state()) === 'closed');
  const answer = await scene.ask('/v1/chat/completions', QUESTION);
  expect([answer.status, answer.headers.get('x-synthlang-attempts')]).toEqual([200, '1']);
  expect(JSON.stringify(checks()[0]?.json)).toMatch(/"max_(completion_)?tokens":16/);
});

test('one that is well is let be', async () => {
  const before = checks().length;
  for (let times = 0; times < 5; times += 1) await scene.ask('/v1/chat/completions', QUESTION);
  expect(await state()).toBe('closed');
  expect(checks().length).toBe(before);
});

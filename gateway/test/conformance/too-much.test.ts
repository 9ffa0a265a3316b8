import { afterAll, beforeAll, expect, test } from 'vitest';
import { stall } from '../scripted-provider/acts.ts';
import { until } from '../faults/until.ts';
import { type Answer, openScene, type Scene } from './scene.ts';

const BASIC = 'sk-CANARY-basic-0123456789';
const PREMIUM = 'sk-CANARY-premium-0123456789';
let scene: Scene;
let letGo: () => void = () => undefined;

beforeAll(async () => {
  scene = await openScene({
    config: ({ openai }) => ({
      models: [{ name: 'chat', target: 'openai/slow', key: 'sk-upstream-0123456789', apiBase: openai }],
      access: {
        apiKeys: [
          { id: 'basic', key: BASIC },
          { id: 'premium', key: PREMIUM, role: 'premium' },
        ],
      },
      server: { turnsMax: 2, queueMax: 2, queueWaitMs: 60_000 },
    }),
  });
  const until = new Promise<void>((resolve) => (letGo = resolve));
  scene.openai.perform(stall('headers', until));
});
afterAll(() => scene.close());

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const QUESTIONS = {
  '/v1/chat/completions': { model: 'chat', messages: MESSAGES },
  '/v1/messages': { model: 'chat', max_tokens: 10, messages: MESSAGES },
  '/v1/responses': { model: 'chat', input: 'Hi' },
  '/v1beta/models/chat:generateContent': { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
  '/v1/embeddings': { model: 'chat', input: 'Hi' },
} as const;

const asking = (path: keyof typeof QUESTIONS, key: string): Promise<Answer> =>
  scene.ask(path, QUESTIONS[path], { headers: { authorization: `Bearer ${key}` } });
const chatting = (key: string): Promise<Answer> => asking('/v1/chat/completions', key);

async function waiting(): Promise<Record<string, number>> {
  const { text } = await scene.get('/metrics');
  const found = [...text.matchAll(/synthlang_turns_waiting\{role="(\w+)"\} (\d+)/g)];
  return Object.fromEntries(found.map(([, role, count]) => [role, Number(count)]));
}

const waits = (expected: Record<string, number>) =>
  until(JSON.stringify(expected), async () => JSON.stringify(await waiting()) === JSON.stringify(expected));

test('beyond the places some wait, those with more rights instead of others, and the rest is told to come again', async () => {
  const inside = [chatting(BASIC), chatting(BASIC)];
  await scene.openai.arrived(2);
  const older = chatting(BASIC);
  await waits({ admin: 0, premium: 0, basic: 1 });
  const newer = chatting(BASIC);
  await waits({ admin: 0, premium: 0, basic: 2 });

  // Each wire in its own words; the body isn't even read.
  for (const path of Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[]) {
    const refused = await asking(path, BASIC);
    expect([path, refused.status, refused.headers.get('retry-after')]).toEqual([path, 503, '1']);
    expect(JSON.stringify(refused.json)).toContain('too much to do');
  }
  const premium = chatting(PREMIUM);
  expect((await newer).status).toBe(503);
  await waits({ admin: 0, premium: 1, basic: 1 });
  // Nobody waits for what asks no provider.
  expect((await scene.get('/health')).status).toBe(200);
  expect((await scene.get('/v1/models')).status).toBe(200);

  letGo();
  const ends = await Promise.all([...inside, older, premium]);
  expect(ends.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await waiting()).toEqual({ admin: 0, premium: 0, basic: 0 });
  expect((await scene.get('/metrics')).text).toMatch(/synthlang_turns_shed_total\{role="basic"\} 6/);
});

test('one who hangs up while waiting leaves the queue, and places come free again', async () => {
  let go: () => void = () => undefined;
  scene.openai.perform(stall('headers', new Promise<void>((resolve) => (go = resolve))));
  const before = scene.openai.requests.length;
  const inside = [chatting(BASIC), chatting(BASIC)];
  await scene.openai.arrived(before + 2);
  const leaving = new AbortController();
  const gone = scene
    .ask('/v1/chat/completions', QUESTIONS['/v1/chat/completions'], { signal: leaving.signal })
    .catch(() => 'gone');
  await waits({ admin: 1, premium: 0, basic: 0 });
  leaving.abort();
  expect(await gone).toBe('gone');
  await waits({ admin: 0, premium: 0, basic: 0 });
  go();
  expect((await Promise.all(inside)).map(({ status }) => status)).toEqual([200, 200]);
  scene.openai.perform({});
  expect((await chatting(BASIC)).status).toBe(200);
});

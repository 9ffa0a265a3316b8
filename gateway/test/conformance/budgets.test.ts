import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { paced, usage, words } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { type GovernedScene, openGovernedScene } from './governed-scene.ts';
import { chatOf, during, messageOf } from './scene.ts';

const CHAT = '/v1/chat/completions';
/** The worst case of the question below: its bytes and what a provider adds, and the longest answer. */
const BODY = chatOf('priced', { max_tokens: 50 });
const WORST = (Buffer.byteLength(JSON.stringify({ ...BODY, stream: false })) + 1000) * 1000 + 50 * 10_000;
/** What the provider will say it took. */
const USED = { input: 20, output: 50 };
const COST = 20 * 1000 + 50 * 10_000;

let scene: GovernedScene;
beforeAll(async () => {
  scene = await openGovernedScene({ limits: { outputTokensMax: 300 } });
});
afterAll(() => scene.close());
beforeEach(() => scene.openai.perform(usage(USED)));

const dollars = (nanousd: number): number => nanousd / 1e9;

test('200 requests at once on a budget for ten: ten are answered, and spend never exceeds the budget', async () => {
  const budget = 9 * COST + WORST;
  const { key } = await scene.generate({ max_budget: dollars(budget) });
  scene.openai.perform(behave(words(3), paced(20), usage(USED)));
  let peak = 0;
  let isAsking = true;
  const watching = (async () => {
    while (isAsking) peak = Math.max(peak, Number((await scene.info(key))['spend']));
  })();
  const { requests } = await during(scene.openai, async () => {
    const answered = { ok: 0 };
    // Those that are refused while others hold the budget ask again, as the answer tells them.
    const ask = async (stream: boolean): Promise<void> => {
      for (;;) {
        const answer = await scene.ask(CHAT, { ...BODY, stream }, scene.as(key));
        if (answer.status === 200) answered.ok += 1;
        else expect(answer).toMatchObject({ status: 429, json: { error: { code: 'insufficient_quota' } } });
        if (answer.status === 200 || answer.headers.get('retry-after') === null) return;
      }
    };
    await Promise.all(Array.from({ length: 200 }, (_, at) => ask(at % 2 === 0)));
    expect(answered.ok).toBe(10);
  });
  isAsking = false;
  await watching;
  expect(requests).toHaveLength(10);
  expect(peak).toBeLessThanOrEqual(dollars(budget));
  expect((await scene.info(key))['spend']).toBeCloseTo(dollars(10 * COST), 9);
  const { json } = await scene.get(`/spend/logs?api_key=${key}&limit=1000`);
  const rows = json as readonly { spend_nanousd: number; status: string }[];
  expect(rows.reduce((sum, row) => sum + row.spend_nanousd, 0)).toBe(10 * COST);
  expect(rows.filter(({ status }) => status === 'success')).toHaveLength(10);
});

test('200 at once without patience: what is answered is what is charged, and never more than the budget', async () => {
  const budget = 10 * WORST;
  const { key } = await scene.generate({ max_budget: dollars(budget) });
  scene.openai.perform(behave(words(3), paced(20), usage(USED)));
  const asked = Array.from({ length: 200 }, () => scene.ask(CHAT, { ...BODY, stream: true }, scene.as(key)));
  const answers = await Promise.all(asked);
  const ok = answers.filter(({ status }) => status === 200).length;
  expect(ok).toBeGreaterThanOrEqual(10);
  expect((await scene.info(key))['spend']).toBeCloseTo(dollars(ok * COST), 9);
  expect(ok * COST).toBeLessThanOrEqual(budget);
});

test('a streamed and a plain answer of the same usage are charged the same', async () => {
  const spent = async (body: object): Promise<number> => {
    const { key } = await scene.generate({ max_budget: 1 });
    expect((await scene.ask(CHAT, body, scene.as(key))).status).toBe(200);
    return Number((await scene.info(key))['spend']);
  };
  expect(await spent(BODY)).toBe(dollars(COST));
  expect(await spent({ ...BODY, stream: true })).toBe(dollars(COST));
});

describe('an answer without a bound', () => {
  test.each([
    [1, 300],
    [0.003, undefined],
  ])('gets one when the budget is %d dollars', async (max_budget, expected) => {
    const { key } = await scene.generate({ max_budget });
    const { requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf('priced'), scene.as(key)));
    const sent = JSON.parse(requests[0]?.body.toString() ?? '{}') as {
      max_tokens?: number;
      max_completion_tokens?: number;
    };
    const bound = sent.max_completion_tokens ?? sent.max_tokens ?? 0;
    if (expected === undefined) expect(bound).toBeLessThan(200);
    else expect(bound).toBe(expected);
    expect(bound).toBeGreaterThan(100);
  });

  test('stays without one, to the byte, when the key has no budget', async () => {
    const { key } = await scene.generate();
    const { requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf('priced'), scene.as(key)));
    expect(requests[0]?.body.toString()).toBe(JSON.stringify(chatOf('priced')).replace('"priced"', '"priced-model"'));
  });
});

test('a budget that is used up refuses, in every dialect, before anything is sent', async () => {
  const { key } = await scene.generate({ max_budget: 0 });
  const { result, requests } = await during(scene.openai, async () => [
    await scene.ask(CHAT, BODY, scene.as(key)),
    await scene.ask('/v1/messages', messageOf('priced'), scene.as(key)),
  ]);
  expect(result[0]).toMatchObject({
    status: 429,
    json: { error: { code: 'insufficient_quota', message: expect.stringContaining('0 of 0 dollars') } },
  });
  expect(result[0]?.headers.get('x-should-retry')).toBe('false');
  expect(result[1]).toMatchObject({ status: 429, json: { type: 'error' } });
  expect(requests).toEqual([]);
});

test('a failure gives everything back', async () => {
  const { key } = await scene.generate({ max_budget: dollars(WORST), max_parallel_requests: 1 });
  for (const status of [400, 500]) {
    scene.openai.perform({ status });
    expect((await scene.ask(CHAT, { ...BODY, num_retries: 0 }, scene.as(key))).status).toBeGreaterThanOrEqual(400);
  }
  scene.openai.perform(usage(USED));
  expect((await scene.ask(CHAT, BODY, scene.as(key))).status).toBe(200);
  expect((await scene.info(key))['spend']).toBe(dollars(COST));
});

test('a budget for a while says when it is whole again', async () => {
  const { key } = await scene.generate({ max_budget: 0, budget_duration: '24h' });
  const tomorrow = new Date((Math.floor(Date.now() / 86_400_000) + 1) * 86_400_000).toISOString();
  expect(await scene.info(key)).toMatchObject({ budget_reset_at: tomorrow, budget_duration: '24h' });
  expect((await scene.ask(CHAT, BODY, scene.as(key))).text).toContain(tomorrow);
});

test('a cached-in-advance answer, a mock, costs nothing', async () => {
  const { key } = await scene.generate({ max_budget: 1 });
  await scene.ask(CHAT, { ...BODY, mock_response: 'Hi.' }, scene.as(key));
  expect((await scene.info(key))['spend']).toBe(0);
});

describe('limits by the minute', () => {
  test('are said in headers, and refuse with retry-after', async () => {
    const { key } = await scene.generate({ rpm_limit: 2, tpm_limit: 10_000 });
    const first = await scene.ask(CHAT, BODY, scene.as(key));
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': expect.stringMatching(/^\d+s$/),
      'x-ratelimit-limit-tokens': '10000',
    });
    const second = await scene.ask(CHAT, { ...BODY, stream: true }, scene.as(key));
    expect(second.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, BODY, scene.as(key)));
    expect(result).toMatchObject({
      status: 429,
      json: {
        error: {
          type: 'rate_limit_error',
          code: 'rate_limit_exceeded',
          message: expect.stringContaining('Rate limit exceeded'),
        },
      },
    });
    expect(Number(result.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(result.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(requests).toEqual([]);
  });

  test('tokens that were used count', async () => {
    const { key } = await scene.generate({ tpm_limit: 60 });
    expect((await scene.ask(CHAT, BODY, scene.as(key))).status).toBe(200);
    expect((await scene.ask(CHAT, BODY, scene.as(key))).text).toContain('tokens. Current limit: 60');
  });

  test('callers that nothing limits hear nothing of it', async () => {
    const { headers } = await scene.ask(CHAT, BODY);
    expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });
});

test('what a key cost is listed, for its owner and for admins', async () => {
  const { key, token } = await scene.generate({ user_id: 'ada', key_alias: 'listed' });
  await scene.ask(CHAT, { ...BODY, tags: ['blue'] }, scene.as(key));
  const { json } = await scene.get('/spend/logs', scene.as(key));
  expect(json).toMatchObject([
    {
      api_key: token,
      key_alias: 'listed',
      user: 'ada',
      model: 'priced',
      spend: dollars(COST),
      prompt_tokens: USED.input,
      completion_tokens: USED.output,
      total_tokens: USED.input + USED.output,
      status: 'success',
      request_tags: ['blue'],
    },
  ]);
  const byKey = (await scene.get('/spend/keys')).json as readonly { key_alias: string }[];
  expect(byKey.find(({ key_alias: alias }) => alias === 'listed')).toMatchObject({
    total_spend: dollars(COST),
    requests: 1,
  });
  const today = new Date().toISOString().slice(0, 10);
  expect((await scene.get(`/spend/logs?user_id=ada&start_date=${today}&end_date=${today}`)).json).toHaveLength(1);
  expect((await scene.get('/spend/logs?user_id=ada&end_date=2020-01-01')).json).toEqual([]);
  expect((await scene.get('/spend/logs?start_date=yesterday')).status).toBe(400);
});

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { say, stall, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { byModel } from '../scripted-provider/script.ts';
import { openScene, type Scene } from './scene.ts';

const HEDGE_AFTER_MS = 40;
let scene: Scene;
let letGo: () => void = () => undefined;

beforeAll(async () => {
  scene = await openScene({
    config: ({ openai }) => ({
      models: [
        model('chat', 'slow', openai, 0),
        model('chat', 'quick', openai, 1),
        model('patient', 'slow', openai, 0),
        model('patient', 'quick', openai, 1),
      ],
      routing: { groupHedgeAfterMs: { chat: HEDGE_AFTER_MS } },
    }),
  });
});
afterEach(() => letGo());
afterAll(() => scene.close());

function model(name: string, target: string, apiBase: string, order: number) {
  const costs = { inputCostPerToken: 0.001, outputCostPerToken: 0.002 };
  return { name, target: `openai/${target}`, key: 'sk-upstream-0123456789', apiBase, order, ...costs };
}

function slow(): void {
  const until = new Promise<void>((resolve) => (letGo = resolve));
  const says = (text: string) => behave(say(text), usage({ input: 10, output: 5 }));
  scene.openai.perform(
    byModel({ slow: behave(says('The slow one.'), stall('headers', until)), quick: says('The quick one.') }),
  );
}

const question = (name: string, stream: boolean) => ({
  model: name,
  stream,
  messages: [{ role: 'user', content: 'Who is there?' }],
});

for (const stream of [false, true]) {
  test(`a silent target is outrun by the next one, and told to stop (${stream ? 'streamed' : 'plain'})`, async () => {
    slow();
    const before = scene.openai.requests.length;
    const { status, headers, text } = await scene.ask('/v1/chat/completions', question('chat', stream));
    expect([status, text.includes('quick'), text.includes('slow')]).toEqual([200, true, false]);
    expect(headers.get('x-synthlang-attempts')).toBe('2');
    expect(headers.get('x-synthlang-deployment')).toBe('openai/quick');
    const [first] = scene.openai.requests.slice(before);
    expect(await first?.ended).toBe('aborted');
  });
}

test('what the other was given to read is paid for as well', async () => {
  slow();
  const { headers } = await scene.ask('/v1/chat/completions', question('chat', false));
  // 10 tokens in and 5 out, and 10 more in.
  expect(headers.get('x-synthlang-cost-usd')).toBe('0.03');
  const metrics = await scene.get('/metrics');
  expect(metrics.text).toMatch(/synthlang_hedged_total\{answered="second"\} [1-9]/);
  expect(metrics.text).toMatch(/synthlang_rescued_total\{cause="upstream.outrun"\} [1-9]/);
  const health = (await scene.get('/health/providers')).json;
  expect(JSON.stringify(health)).not.toMatch(/"inFlight":[1-9]|"in_flight":[1-9]/);
});

test('a group that isn’t named waits for its first target', async () => {
  slow();
  const before = scene.openai.requests.length;
  const answer = scene.ask('/v1/chat/completions', question('patient', false));
  await scene.openai.arrived(before + 1);
  letGo();
  const { text, headers } = await answer;
  expect([text.includes('slow'), headers.get('x-synthlang-attempts')]).toEqual([true, '1']);
  expect(scene.openai.requests.length).toBe(before + 1);
});

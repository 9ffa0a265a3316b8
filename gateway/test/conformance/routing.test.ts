import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/main.ts';
import { worldFor } from '../command-world.ts';
import { call, status, retryAfter } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { byModel } from '../scripted-provider/script.ts';
import { chatOf, messageOf, openScene, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const COOLDOWN_MS = 60_000;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    breaker: true,
    env: { LITELLM_MASTER_KEY: 'sk-master-0123456789abcdef' },
    config: ({ openai }) => ({
      access: { apiKeys: [{ id: 'basic', key: 'sk-basic-0123456789abcdef' }] },
      models: [
        ...['one', 'two', 'down'].map((target) => model('group', target, openai)),
        model('storm', 'storm', openai),
        model('limited', 'limited', openai),
        model('limited-group', 'limited-member', openai),
        model('limited-group', 'spare', openai),
        { ...model('tagged', 'free', openai), tags: ['free'], id: 'the free one' },
        { ...model('tagged', 'paid', openai), tags: ['paid'] },
        model('sticky', 'sticky-one', openai),
        model('sticky', 'sticky-two', openai),
        model('sticky', 'sticky-three', openai),
        model('rescued', 'down-too', openai),
        model('spare', 'spare', openai),
        { ...model('small', 'small-window', openai), info: { contextWindow: 100 } },
        { ...model('small-group', 'small-window', openai), info: { contextWindow: 100 } },
        { ...model('small-group', 'large-window', openai), info: { contextWindow: 100_000 }, order: 1 },
      ],
      routing: {
        backoffMinMs: 0,
        backoffMaxMs: 0,
        tagFiltering: true,
        contextCheck: true,
        aliases: { shown: 'spare', hidden: 'spare' },
        hiddenAliases: ['hidden'],
        groupStrategies: { sticky: 'prompt-cache' },
        fallbacks: { rescued: ['spare'] },
        contextWindowFallbacks: { rescued: ['group', 'spare'] },
        breaker: { cooldownMs: COOLDOWN_MS, cooldownMaxMs: COOLDOWN_MS },
        retryBudgetPerSecondMin: 1000,
      },
    }),
  });
  scene.openai.perform(
    byModel({
      down: status(500),
      'down-too': status(503),
      storm: status(500),
      limited: behave(status(429), retryAfter(30)),
      'limited-member': status(429),
    }),
  );
});
afterAll(() => scene.close());

function model(name: string, target: string, apiBase: string) {
  return { name, target: `openai/${target}`, key: 'sk-upstream-0123456789', apiBase };
}

const askedFor = (target: string): number => scene.openai.requests.filter((request) => request.model === target).length;

test('with one of three down every request is answered, and the one that is down is soon left alone', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => scene.ask(CHAT, chatOf('group'))));
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
  for (let more = 0; more < 40; more += 1) expect((await scene.ask(CHAT, chatOf('group'))).status).toBe(200);
  const before = askedFor('down');
  for (let more = 0; more < 20; more += 1) await scene.ask(CHAT, chatOf('group'));
  expect(askedFor('down')).toBe(before);
});

test.each([
  ['OpenAI’s', CHAT, chatOf],
  ['Anthropic’s', '/v1/messages', messageOf],
])(
  'a storm of a client’s retries in %s API reaches the provider as often as it takes to notice',
  async (_, path, of) => {
    const before = askedFor('storm');
    const answers = [];
    for (let retries = 0; retries < 30; retries += 1) answers.push(await scene.ask(path, of('storm')));
    expect(askedFor('storm') - before).toBeLessThanOrEqual(3);
    const last = answers.at(-1);
    expect(last?.status).toBe(503);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(last?.text).toContain('left alone');
  },
);

test('a limit with a time is kept to by everybody: the provider isn’t asked again before it', async () => {
  const first = await scene.ask(CHAT, chatOf('limited', { num_retries: 0 }));
  const second = await scene.ask(CHAT, chatOf('limited', { num_retries: 0, stream: true }));
  expect([first.status, second.status, askedFor('limited')]).toEqual([429, 429, 1]);
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(25);
  expect(second.headers.get('x-synthlang-attempts')).toBe('0');
});

test('in a group a limit sends the next requests to the others', async () => {
  for (let requests = 0; requests < 20; requests += 1)
    expect((await scene.ask(CHAT, chatOf('limited-group'))).status).toBe(200);
  expect(askedFor('limited-member')).toBeLessThanOrEqual(1);
});

test('the answer names the target, by the operator’s name where it has one', async () => {
  const free = await scene.ask(CHAT, chatOf('tagged', { tags: ['free'] }));
  const paid = await scene.ask(CHAT, chatOf('tagged', { tags: ['paid'] }));
  const other = await scene.ask(CHAT, chatOf('tagged', { tags: ['other'] }));
  expect(free.headers.get('x-synthlang-deployment')).toBe('the free one');
  expect(paid.headers.get('x-synthlang-deployment')).toBe('openai/paid');
  expect(other.status).toBe(403);
});

test('turns of a conversation stay with one target, and conversations spread over all', async () => {
  const targets = new Set<string | null>();
  for (let conversation = 0; conversation < 30; conversation += 1) {
    const messages = [{ role: 'user', content: `Question ${conversation}` }];
    const own = new Set<string | null>();
    for (let turns = 0; turns < 3; turns += 1) {
      own.add((await scene.ask(CHAT, { model: 'sticky', messages })).headers.get('x-synthlang-deployment'));
      messages.push({ role: 'assistant', content: 'Hello.' }, { role: 'user', content: `Go on ${turns}` });
    }
    expect(own.size).toBe(1);
    for (const target of own) targets.add(target);
  }
  expect(targets.size).toBe(3);
});

test('a stream of tool calls counts as an answer', async () => {
  scene.openai.perform(byModel({ spare: call('look') }));
  const answer = await scene.ask(CHAT, chatOf('spare', { stream: true }));
  expect(answer.headers.get('x-synthlang-attempts')).toBe('1');
});

describe('a prompt that is too long', () => {
  const long = (model: string) => ({ model, messages: [{ role: 'user', content: 'one two three '.repeat(200) }] });

  test('for one of a group goes to another, without asking the first', async () => {
    const answer = await scene.ask(CHAT, long('small-group'));
    expect([answer.status, answer.headers.get('x-synthlang-deployment')]).toEqual([200, 'openai/large-window']);
    expect(answer.headers.get('x-synthlang-attempts')).toBe('1');
    expect((await scene.ask(CHAT, chatOf('small-group'))).headers.get('x-synthlang-deployment')).toBe(
      'openai/small-window',
    );
  });

  test('for all is refused before anybody is asked, as the provider would refuse it', async () => {
    const before = scene.openai.requests.length;
    const { status: code, json } = await scene.ask(CHAT, long('small'));
    expect(code).toBe(400);
    expect(json).toMatchObject({ error: { code: 'context_length_exceeded' } });
    expect((json as { error: { message: string } }).error.message).toMatch(/about \d+ tokens.* takes 100/);
    expect(scene.openai.requests.length).toBe(before);
  });
});

test('an alias may work without being listed', async () => {
  const { json } = await scene.get('/v1/models');
  const ids = (json as { data: { id: string }[] }).data.map(({ id }) => id);
  expect([ids.includes('shown'), ids.includes('hidden')]).toEqual([true, false]);
  expect((await scene.ask(CHAT, chatOf('hidden'))).status).toBe(200);
});

/** Runs a command in this process, and asks the real gateway. */
async function run(...words: readonly string[]) {
  const { world, out, err } = worldFor({ cwd: scene.gateway.folder });
  const code = await runCommand([...words, '--endpoint', scene.gateway.url, '--api-key', scene.gateway.key], world);
  return { code, stdout: out(), stderr: err() };
}

describe('an explanation', () => {
  const EXPLAIN = '/admin/route/explain';

  test('shows the targets in order, with the reasons, and asks nobody', async () => {
    const before = scene.openai.requests.length;
    const { status: code, json } = await scene.ask(EXPLAIN, chatOf('group'));
    expect(code).toBe(200);
    expect(json).toMatchObject({ model: 'group', strategy: 'shuffle', attempts_max: 3 });
    const { targets } = json as { targets: { target: string; place: number; resting?: { reason: string } }[] };
    expect(targets.map(({ place }) => place)).toEqual([1, 2, 3]);
    expect(targets.at(-1)).toMatchObject({ target: 'openai/down', resting: { reason: 'upstream.broke' } });
    expect(scene.openai.requests.length).toBe(before);
  });

  test('shows where a request would go on, by the kind of failure', async () => {
    const { json } = await scene.ask(EXPLAIN, chatOf('rescued'));
    expect(json).toMatchObject({
      fallbacks: [
        { after: ['upstream.broke', 'upstream.content-policy'], models: [{ name: 'spare' }] },
        { after: ['upstream.context-window'], models: [{ name: 'group' }, { name: 'spare' }] },
      ],
    });
    const { json: without } = await scene.ask(EXPLAIN, chatOf('rescued', { disable_fallbacks: true }));
    expect(without).toMatchObject({ fallbacks: [] });
  });

  test('is for admins, and says what is wrong with a request', async () => {
    const asBasic = await scene.ask(EXPLAIN, chatOf('group'), {
      headers: { authorization: 'Bearer sk-basic-0123456789abcdef' },
    });
    const unknown = await scene.ask(EXPLAIN, chatOf('nobody-knows'));
    const broken = await scene.ask(EXPLAIN, { model: 1 });
    expect([asBasic.status, unknown.status, broken.status]).toEqual([403, 404, 400]);
  });

  test('is a command as well', async () => {
    const { code, stdout } = await run('route', 'explain', 'rescued');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rescued \(shuffle\)\n/);
    expect(stdout).toContain('after upstream.context-window:\ngroup (shuffle)\n');
    expect(stdout).toMatch(/openai\/down +order 0 +weight 1; left alone for \d+(\.\d+)? s \(upstream\.broke\)/);
    expect(stdout).toContain('At most 3 attempts.');
    writeFileSync(join(scene.gateway.folder, 'request.json'), JSON.stringify(chatOf('sticky')));
    expect((await run('route', 'explain', '--file', 'request.json')).stdout).toMatch(/^sticky \(prompt-cache\)\n/);
    writeFileSync(join(scene.gateway.folder, 'list.json'), '[]');
    expect((await run('route', 'explain', '--file', 'list.json')).code).toBe(2);
  });
});

describe('the health of targets', () => {
  test('is shown with what rests and why', async () => {
    const { json } = await scene.get('/health/providers');
    expect(json).toMatchObject({ status: 'degraded' });
    const { targets } = json as { targets: { target: string }[] };
    expect(targets.find(({ target }) => target === 'openai/down')).toMatchObject({
      state: 'open',
      resting: { reason: 'upstream.broke' },
      in_flight: 0,
    });
    expect(targets.find(({ target }) => target === 'openai/one')).toMatchObject({
      state: 'closed',
      in_flight: 0,
      last_minute: { failed: 0, error_rate: 0 },
    });
    expect((await scene.get('/health/providers', { headers: { authorization: null } })).status).toBe(401);
    expect((await run('route', 'health')).stdout).toMatch(/openai\/down +open +0 /);
  });

  test('is in the metrics, and so are the requests that were rescued', async () => {
    scene.openai.perform(byModel({ 'down-too': status(503) }));
    expect((await scene.ask(CHAT, chatOf('rescued'))).headers.get('x-synthlang-fallbacks')).toBe('1');
    const { text } = await scene.get('/metrics');
    expect(text).toContain('synthlang_target_state{target="openai/down"} 2');
    expect(text).toContain('synthlang_target_state{target="openai/one"} 0');
    expect(text).toMatch(/synthlang_target_rest_seconds\{target="openai\/down"\} \d/);
    expect(text).toMatch(/synthlang_rescued_total\{cause="upstream.overloaded"\} [1-9]/);
  });
});

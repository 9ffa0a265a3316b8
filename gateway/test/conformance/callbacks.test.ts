import { afterAll, beforeAll, expect, test } from 'vitest';
import { say, stall, status, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { type CallbackServer, type Delivered, startCallbackServer } from './callback-server.ts';
import { chatOf, messageOf, openScene, PROVIDER_KEYS, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const LANGFUSE = { LANGFUSE_PUBLIC_KEY: 'pk-lf-1', LANGFUSE_SECRET_KEY: 'sk-lf-CANARY' };

let langfuse: CallbackServer;
let webhook: CallbackServer;
let scene: Scene;
beforeAll(async () => {
  [langfuse, webhook] = await Promise.all([startCallbackServer(), startCallbackServer()]);
  scene = await openScene({
    config: () => ({
      callbacks: [
        {
          kind: 'langfuse',
          host: langfuse.url,
          publicKey: 'env:LANGFUSE_PUBLIC_KEY',
          secretKey: 'env:LANGFUSE_SECRET_KEY',
          flushMs: 1,
        },
        {
          kind: 'webhook',
          url: `${webhook.url}/hook?team=1`,
          headers: { 'x-token': 'hook-CANARY' },
          on: ['error'],
          flushMs: 1,
        },
      ],
      routing: { retriesMax: 0 },
    }),
    env: LANGFUSE,
  });
});
afterAll(async () => {
  await scene.close();
  await Promise.all([langfuse.close(), webhook.close()]);
});

interface Event {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface HookTurn extends Record<string, unknown> {
  readonly request_id: string;
}

const eventsIn = (deliveries: readonly Delivered[]): Event[] =>
  deliveries.flatMap(({ json }) => (json as { batch: Event[] }).batch);
const turnsIn = (deliveries: readonly Delivered[]): HookTurn[] =>
  deliveries.flatMap(({ json }) => (json as { turns: HookTurn[] }).turns);

/** What Langfuse was told of one request. */
async function toldOf(requestId: string | null): Promise<Record<string, Event['body'] | undefined>> {
  const of = (deliveries: readonly Delivered[]) =>
    eventsIn(deliveries).filter(({ body }) => body['id'] === requestId || body['traceId'] === requestId);
  const events = of(await langfuse.until((deliveries) => of(deliveries).length >= 2));
  return Object.fromEntries(events.map(({ type, body }) => [type, body]));
}

test('Langfuse is told of a success: one trace and one generation, with usage, signed with its own keys', async () => {
  scene.openai.perform(behave(say('Hello you'), usage({ input: 11, output: 7, cached: 3 })));
  const { headers } = await scene.ask(CHAT, chatOf('gpt-4', { tags: ['blue'] }));
  const requestId = headers.get('x-request-id');
  const told = await toldOf(requestId);
  expect(told['trace-create']).toMatchObject({
    id: requestId,
    userId: 'master',
    tags: ['blue'],
    metadata: { http_status: 200 },
  });
  expect(told['generation-create']).toMatchObject({
    traceId: requestId,
    name: 'gpt-4',
    model: 'gpt-4-turbo',
    level: 'DEFAULT',
    startTime: expect.stringMatching(/^\d{4}-.*Z$/),
    endTime: expect.stringMatching(/^\d{4}-.*Z$/),
    usageDetails: { input: 8, input_cached_tokens: 3, output: 7, total: 18 },
    metadata: { provider: 'openai', attempts: 1, end: 'finished', stream: false },
  });
  const delivery = langfuse.deliveries.at(-1);
  expect(delivery?.path).toBe('/api/public/ingestion');
  const basic = Buffer.from('pk-lf-1:sk-lf-CANARY').toString('base64');
  expect(delivery?.headers).toMatchObject({ authorization: `Basic ${basic}`, 'content-type': 'application/json' });
  for (const event of eventsIn(langfuse.deliveries))
    expect(event).toEqual({
      id: expect.any(String),
      timestamp: expect.any(String),
      type: event.type,
      body: expect.any(Object),
    });
});

test('and of a stream, with the time of its first output', async () => {
  const { headers } = await scene.ask('/v1/messages', messageOf('claude-3-haiku', { stream: true }));
  const told = await toldOf(headers.get('x-request-id'));
  expect(told['generation-create']).toMatchObject({
    model: 'claude-3-haiku',
    completionStartTime: expect.any(String),
    usageDetails: { total: expect.any(Number) },
    metadata: { provider: 'anthropic', stream: true },
  });
});

test('both callbacks are told of an error', async () => {
  scene.openai.perform(status(500, 'It melted, said CANARY-upstream.'));
  const { headers } = await scene.ask(CHAT, chatOf('gpt-4o'));
  const requestId = headers.get('x-request-id');
  expect((await toldOf(requestId))['generation-create']).toMatchObject({
    level: 'ERROR',
    statusMessage: 'upstream.broke',
  });
  const of = (deliveries: readonly Delivered[]) =>
    turnsIn(deliveries).filter(({ request_id }) => request_id === requestId);
  const [turn] = of(await webhook.until((deliveries) => of(deliveries).length > 0));
  expect(turn).toMatchObject({
    status: 'failure',
    http_status: 500,
    key_id: 'master',
    model: 'gpt-4o',
    stream: false,
    attempts: [{ provider: 'openai', model: 'gpt-4o', error: 'upstream.broke' }],
    error: { code: 'upstream.broke' },
  });
  expect(webhook.deliveries.at(-1)).toMatchObject({ path: '/hook?team=1', headers: { 'x-token': 'hook-CANARY' } });
});

test('a webhook for errors hears of nothing else', async () => {
  scene.openai.perform({});
  const good = (await scene.ask(CHAT, chatOf('gpt-4o'))).headers.get('x-request-id');
  scene.openai.perform(status(400));
  const bad = (await scene.ask(CHAT, chatOf('gpt-4o'))).headers.get('x-request-id');
  const ids = turnsIn(
    await webhook.until((deliveries) => turnsIn(deliveries).some(({ request_id }) => request_id === bad)),
  ).map(({ request_id }) => request_id);
  expect(ids).not.toContain(good);
});

test('a caller who goes away is told of, too', async () => {
  scene.openai.perform(behave(say('Hello you'), stall({ event: 2 })));
  const headers = await scene.leave(CHAT, chatOf('gpt-4o', { stream: true }));
  const told = await toldOf(headers.get('x-request-id'));
  expect(told['generation-create']).toMatchObject({ metadata: { end: 'cancelled' } });
});

test('a delivery that fails is tried again, with the same ids', async () => {
  scene.openai.perform({});
  langfuse.answer(500, 207);
  const { headers } = await scene.ask(CHAT, chatOf('gpt-4o'));
  const id = headers.get('x-request-id');
  const of = (deliveries: readonly Delivered[]) => eventsIn(deliveries).filter(({ body }) => body['id'] === id);
  const twice = of(await langfuse.until((deliveries) => of(deliveries).length === 2));
  expect(twice[0]).toEqual(twice[1]);
});

test('no prompt, no answer and no key is in any delivery', async () => {
  const canaries = { prompt: 'CANARY-prompt', answer: 'CANARY-answer' };
  scene.openai.perform(say(canaries.answer));
  const messages = [{ role: 'user', content: canaries.prompt }];
  for (const stream of [false, true]) {
    const { headers, text } = await scene.ask(CHAT, { model: 'gpt-4o', messages, stream });
    expect(text).toContain(canaries.answer);
    await toldOf(headers.get('x-request-id'));
  }
  const all = [...langfuse.deliveries, ...webhook.deliveries];
  expect(all.length).toBeGreaterThan(5);
  for (const { text } of all) expect(text).not.toMatch(/CANARY/);
  for (const { text } of all) expect(text).not.toContain(scene.gateway.key);
  expect(PROVIDER_KEYS.openai).toContain('CANARY');
});

test.each(['LANGFUSE_HOST', 'LANGFUSE_BASE_URL', 'LANGFUSE_BASEURL'])(
  'the environment alone is enough (%s), and what waits is delivered at SIGTERM',
  async (name) => {
    const own = await startCallbackServer();
    const other = await openScene({
      env: { ...LANGFUSE, [name]: own.url },
    });
    const { headers } = await other.ask(CHAT, chatOf('gpt-4o'));
    expect(own.deliveries).toHaveLength(0);
    expect(await other.gateway.stop()).toBe(0);
    expect(eventsIn(own.deliveries).map(({ type }) => type)).toEqual(['trace-create', 'generation-create']);
    expect(own.deliveries[0]?.text).toContain(headers.get('x-request-id'));
    await other.close();
    await own.close();
  },
);

test('a callback that can’t be reached holds no request up and is logged', async () => {
  const nobody = await startCallbackServer();
  await nobody.close();
  const other = await openScene({ config: () => ({ callbacks: [{ kind: 'webhook', url: nobody.url, flushMs: 1 }] }) });
  expect((await other.ask(CHAT, chatOf('gpt-4o'))).status).toBe(200);
  const line = await other.gateway.logged((text) => text.includes('could not be delivered'));
  expect(JSON.parse(line)).toMatchObject({ callback: 'webhook', turns: 1 });
  await other.close();
});

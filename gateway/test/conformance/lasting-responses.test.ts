import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../postgres-server.ts';
import { type ScriptedProvider, startScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Answer, providersIn, send } from './scene.ts';

const OWNER = 'sk-CANARY-first-key-0000';
const OTHER = 'sk-CANARY-other-key-0000';
const SECRET = { ENCRYPTION_KEY: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' };
const QUESTION = 'CANARY-question of ada@example.com';
const FIRST = { model: 'openai/gpt-4o', input: QUESTION };
const SOON = { timeout: 15_000, interval: 20 };

let provider: ScriptedProvider;
beforeAll(async () => {
  provider = await startScriptedProvider({ script: {} });
});
afterAll(() => provider.close());

interface Settings {
  readonly env?: Record<string, string>;
  readonly responses?: object;
  /** So long by itself that nothing is written before the gateway is told to stop. */
  readonly flushMs?: number;
}

/** A gateway that may begin again where another one ended. */
function start(folder: string, { env = {}, responses = {}, flushMs = 60_000 }: Settings): Promise<GatewayProcess> {
  return startGateway({
    folder,
    config: {
      access: { apiKeys: [OWNER, OTHER].map((key, at) => ({ id: `key-${at}`, key })) },
      privacy: { maskBeforeLlm: true },
      responses,
      store: { flushMs },
    },
    env: { ...providersIn({ openai: `${provider.url}/v1`, anthropic: provider.url }), ...env },
  });
}

interface CallOptions {
  readonly method?: string;
  readonly key?: string;
  readonly body?: object;
}

const call = (at: GatewayProcess, path: string, { method, key = OWNER, body }: CallOptions = {}): Promise<Answer> =>
  send(`${at.url}/v1/responses${path}`, {
    method: method ?? (body ? 'POST' : 'GET'),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body ? { body } : {}),
  });

/** Asks, and gives the response as it was said. */
async function given(at: GatewayProcess, body: object = FIRST): Promise<{ readonly id: string }> {
  const { status, json, events } = await call(at, '', { body });
  expect(status).toBe(200);
  return (json ?? (events.at(-1) as { response: unknown }).response) as { id: string };
}

/** What the next gateway says of what one has given. */
async function afterRestart<T>(
  settings: Settings,
  before: (gateway: GatewayProcess) => Promise<T>,
  after: (gateway: GatewayProcess, what: T) => Promise<void>,
): Promise<string> {
  const folder = temporaryFolder('lasting');
  const first = await start(folder, settings);
  const what = await before(first).finally(() => first.stop());
  const second = await start(folder, settings);
  await after(second, what).finally(() => second.stop());
  return folder;
}

describe('a response that was given before the gateway began again', () => {
  test.each([false, true])('is there, is gone on from, and is its key’s alone (stream: %s)', async (stream) => {
    const before = (gateway: GatewayProcess) => given(gateway, { ...FIRST, stream });
    const folder = await afterRestart({ env: SECRET }, before, async (gateway, said) => {
      expect((await call(gateway, `/${said.id}`)).json).toMatchObject({ ...said, store: true });
      const { text } = await call(gateway, `/${said.id}/input_items`);
      expect(text).toContain('CANARY-question of <EMAIL>');
      const next = { ...FIRST, input: 'And then?', previous_response_id: said.id };
      for (const key of [OTHER, OWNER]) {
        const { status } = await call(gateway, '', { body: { ...next, stream }, key });
        expect(status).toBe(key === OWNER ? 200 : 404);
      }
      const sent = provider.requests.at(-1)?.body.toString() ?? '';
      expect(sent).toMatch(/CANARY-question of <EMAIL>.*Hello from the scripted provider\..*And then\?/);
      for (const method of ['GET', 'DELETE'])
        expect((await call(gateway, `/${said.id}`, { key: OTHER, method })).status).toBe(404);
      expect((await call(gateway, `/${said.id}`)).status).toBe(200);
    });
    expect(filesIn(folder)).toContain('kept_response');
    expect(filesIn(folder)).not.toContain('CANARY-question');
  });

  test('and deleted at once stays deleted', async () => {
    const before = async (gateway: GatewayProcess) => {
      const all = [await given(gateway), await given(gateway)];
      expect((await call(gateway, `/${all[0]?.id}`, { method: 'DELETE' })).status).toBe(200);
      return all.map(({ id }) => id);
    };
    await afterRestart({ env: SECRET }, before, async (gateway, [gone, there]) => {
      expect((await call(gateway, `/${gone}`)).status).toBe(404);
      expect((await call(gateway, `/${gone}`, { method: 'DELETE' })).status).toBe(404);
      expect((await call(gateway, `/${there}`, { method: 'DELETE' })).status).toBe(200);
      expect((await call(gateway, `/${there}`)).status).toBe(404);
    });
  });

  test.each([
    ['there is no secret to seal it with', {}, {}, 404],
    ['operators keep responses as plain text', {}, { database: 'plain' }, 200],
    ['operators keep responses in memory alone', SECRET, { database: 'off' }, 404],
    ['its time is over', SECRET, { ttlMs: 1 }, 404],
  ])('where %s', async (_, env, responses, status) => {
    const before = (gateway: GatewayProcess) => given(gateway);
    const folder = await afterRestart({ env, responses }, before, async (gateway, { id }) => {
      expect((await call(gateway, `/${id}`)).status).toBe(status);
    });
    expect(filesIn(folder).includes('CANARY-question')).toBe(status === 200);
  });
});

function filesIn(folder: string): string {
  const entries = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

const missing = postgresMissing();

describe.skipIf(missing !== undefined)(`two gateways on one PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  let server: PostgresServer;
  let gateways: readonly [GatewayProcess, GatewayProcess];
  beforeAll(async () => {
    server = await startPostgres();
    const env = { ...SECRET, DATABASE_URL: await server.newDatabase() };
    const one = () => start(temporaryFolder('lasting'), { env, responses: { removalsMs: 20 }, flushMs: 10 });
    gateways = [await one(), await one()];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await server.stop();
  });

  test('see what either was answered, go on from it, and forget what either deletes', async () => {
    const [here, there] = gateways;
    const { id } = await given(here);
    const status = async (at: GatewayProcess, options: CallOptions = {}) => (await call(at, `/${id}`, options)).status;
    await expect.poll(() => status(there), SOON).toBe(200);
    expect(await status(there, { key: OTHER })).toBe(404);
    await given(there, { ...FIRST, input: 'And then?', previous_response_id: id });
    expect(provider.requests.at(-1)?.body.toString()).toContain('CANARY-question');
    expect(await status(here, { method: 'DELETE' })).toBe(200);
    await expect.poll(() => status(there), SOON).toBe(404);
    expect(await status(here)).toBe(404);
  });
});

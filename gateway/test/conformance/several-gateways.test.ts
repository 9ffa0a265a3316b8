import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../faults/until.ts';
import { redisMissing, type RedisServer, startRedis } from '../redis-server.ts';
import { status } from '../scripted-provider/acts.ts';
import { type ScriptedProvider, startScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { openScene, type Scene } from './scene.ts';

const missing = redisMissing();
const REST_MS = 60_000;

describe.skipIf(missing)(`gateways that share a Redis${missing ? ` (${missing})` : ''}`, () => {
  let redis: RedisServer;
  let provider: ScriptedProvider;
  let scenes: Scene[] = [];

  beforeAll(async () => {
    provider = await startScriptedProvider({ script: {} });
  });
  afterAll(() => provider.close());
  beforeEach(async () => {
    provider.perform({});
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(scenes.map((scene) => scene.close()));
    scenes = [];
    await redis.stop();
  });

  const at = (url: string): Record<string, string> => ({ REDIS_URL: url });

  /** The environment that says where the server is, in parts. */
  const parts = (): Record<string, string> => {
    const { hostname, port, password } = new URL(redis.url);
    return { REDIS_HOST: hostname, REDIS_PORT: port, REDIS_PASSWORD: password };
  };

  async function gateway(env = at(redis.url), targets: readonly string[] = ['one']): Promise<Scene> {
    const scene = await openScene({
      breaker: true,
      env,
      config: () => ({
        models: targets.map((target) => ({
          name: 'chat',
          target: `openai/${target}`,
          key: 'sk-upstream-0123456789',
          apiBase: `${provider.url}/v1`,
          requestsPerMinute: 3,
        })),
        routing: { retriesMax: 0, breaker: { failuresMax: 3, cooldownMs: REST_MS, cooldownMaxMs: REST_MS } },
        redis: { tellEveryMs: 50, readEveryMs: 200, connectTimeoutMs: 500 },
      }),
    });
    scenes.push(scene);
    return scene;
  }

  const ask = (scene: Scene) =>
    scene.ask('/v1/chat/completions', { model: 'chat', messages: [{ role: 'user', content: 'Hi' }] });
  const rests = async (scene: Scene): Promise<boolean> => {
    const { json } = await scene.get('/health/providers');
    return (json as { targets: { state: string }[] }).targets.some(({ state }) => state === 'open');
  };
  const isUp = async (scene: Scene): Promise<boolean> =>
    (await scene.get('/metrics')).text.includes('\nsynthlang_redis_up 1');

  test('what fails for one is left alone by the others, also by one that starts later', async () => {
    const [a, b] = [await gateway(), await gateway(parts())];
    await until('both are there', async () => (await isUp(a)) && (await isUp(b)));
    provider.perform(status(500));
    for (let times = 0; times < 3; times += 1) expect((await ask(a)).status).toBe(500);
    await until('the other knows', () => rests(b));
    const before = provider.requests.length;
    expect((await ask(b)).status).toBe(503);
    const late = await gateway();
    await until('the latest knows', () => rests(late));
    expect((await ask(late)).status).toBe(503);
    expect(provider.requests.length).toBe(before);
  });

  test('what a target takes in a minute is counted together', async () => {
    const [a, b] = [await gateway(at(redis.url), ['one', 'two']), await gateway(at(redis.url), ['one', 'two'])];
    await until('both are there', async () => (await isUp(a)) && (await isUp(b)));
    for (let times = 0; times < 6; times += 1) expect((await ask(a)).status).toBe(200);
    await until('the other knows', async () => {
      const { json } = await b.get('/health/providers');
      const { targets } = json as { targets: { last_minute: { requests: number } }[] };
      return targets.length === 2 && targets.every(({ last_minute: { requests } }) => requests === 3);
    });
  });

  test('when Redis goes away requests go on, and when it is back so does the sharing', async () => {
    const [a, b] = [await gateway(), await gateway()];
    await until('both are there', async () => (await isUp(a)) && (await isUp(b)));
    await redis.kill();
    await until('both know that it is gone', async () => !(await isUp(a)) && !(await isUp(b)));
    for (const scene of [a, b]) expect((await ask(scene)).status).toBe(200);
    expect((await a.get('/health/readiness')).status).toBe(200);
    await redis.start();
    await until('both are back', async () => (await isUp(a)) && (await isUp(b)), 20_000);
    provider.perform(status(500));
    for (let times = 0; times < 3; times += 1) await ask(a);
    await until('the other knows again', () => rests(b));
  });

  test('with a wrong password, or nobody there, a gateway starts and works, and tells no secret', async () => {
    const wrong = await gateway({ ...parts(), REDIS_PASSWORD: 'wrong-CANARY' });
    const nobody = await gateway(at('redis://:lost-CANARY@127.0.0.1:1'));
    for (const scene of [wrong, nobody]) {
      expect((await ask(scene)).status).toBe(200);
      expect(await isUp(scene)).toBe(false);
      const told = () => [...scene.gateway.stdout, ...scene.gateway.stderr].join('\n');
      await until('it says so', () => told().includes('Redis is not reached'));
      expect(told()).not.toContain('CANARY@');
      expect(told()).not.toMatch(/(wrong|lost)-CANARY/);
    }
  });
});

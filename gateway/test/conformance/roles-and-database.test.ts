import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../postgres-server.ts';
import { chatOf, send } from './scene.ts';

const CHAT = '/v1/chat/completions';
const MASTER = 'sk-master-0123456789abcdef';
const OWN = 'sk-from-env-0123456789abcdef';
const PREMIUM = 'sk-premium-0123456789abcdef';
const ECHO = chatOf('synthlang/echo');

const call = (gateway: GatewayProcess, key: string, path: string, body?: object) =>
  send(gateway.url + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body ? { body } : {}),
  });

async function during<T>(env: Record<string, string>, work: (gateway: GatewayProcess) => Promise<T>): Promise<T> {
  const gateway = await startGateway({
    config: { access: { apiKeys: [{ id: 'bob', key: PREMIUM }] } },
    env: { LITELLM_MASTER_KEY: MASTER, API_KEY: OWN, ...env },
  });
  try {
    return await work(gateway);
  } finally {
    await gateway.stop();
  }
}

describe('names in the environment', () => {
  test('ADMIN_USERS makes admins of users, whether their keys come from the environment or from an admin', () =>
    during({ ADMIN_USERS: 'env_user, grace' }, async (gateway) => {
      const made = await call(gateway, OWN, '/key/generate', { user_id: 'grace' });
      expect(made).toMatchObject({ status: 200, json: { role: 'admin' } });
      expect((await call(gateway, (made.json as { key: string }).key, '/key/list')).status).toBe(200);
      expect((await call(gateway, PREMIUM, '/key/list')).status).toBe(403);
    }));

  test('DEFAULT_RATE_LIMIT_QPM and PREMIUM_RATE_LIMIT_QPM limit each key by its role, and admins not at all', () =>
    during({ DEFAULT_RATE_LIMIT_QPM: '1', PREMIUM_RATE_LIMIT_QPM: '2', PREMIUM_USERS: 'bob' }, async (gateway) => {
      const statuses = async (key: string): Promise<number[]> => {
        const all: number[] = [];
        for (let count = 0; count < 3; count += 1) all.push((await call(gateway, key, CHAT, ECHO)).status);
        return all;
      };
      expect(await statuses(OWN)).toEqual([200, 429, 429]);
      expect(await statuses(PREMIUM)).toEqual([200, 200, 429]);
      expect(await statuses(MASTER)).toEqual([200, 200, 200]);
      const { json } = await call(gateway, MASTER, '/key/generate', {});
      expect(await statuses((json as { key: string }).key)).toEqual([200, 429, 429]);
      const own = await call(gateway, MASTER, '/key/generate', { rpm_limit: 5 });
      expect(await statuses((own.json as { key: string }).key)).toEqual([200, 200, 200]);
    }));

  test('without them nobody is limited', () =>
    during({}, async (gateway) => {
      const { headers, status } = await call(gateway, OWN, CHAT, ECHO);
      expect([status, headers.get('x-ratelimit-limit-requests')]).toEqual([200, null]);
    }));

  test('a store that is switched off makes no keys and no files', () =>
    during({ SYNTHLANG__STORE__ENABLED: '0' }, async (gateway) => {
      expect((await call(gateway, MASTER, '/key/generate', {})).status).toBe(404);
      expect((await call(gateway, OWN, CHAT, ECHO)).status).toBe(200);
    }));
});

const missing = postgresMissing();

describe.skipIf(missing !== undefined)(`DATABASE_URL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  test('keeps keys and spend in PostgreSQL, also for the next gateway', async () => {
    const env = {
      DATABASE_URL: await server.newDatabase(),
      SYNTHLANG__ACCESS__KEY_PEPPER: 'one pepper for all of them',
    };
    const key = await during(env, async (gateway) => {
      const made = await call(gateway, MASTER, '/key/generate', { key_alias: 'kept', max_budget: 1 });
      const text = (made.json as { key: string }).key;
      expect((await call(gateway, text, CHAT, ECHO)).status).toBe(200);
      expect((await call(gateway, MASTER, `/spend/logs?api_key=${text}`)).json).toHaveLength(1);
      return text;
    });
    await during(env, async (gateway) => {
      expect((await call(gateway, key, '/key/info')).json).toMatchObject({
        info: { key_alias: 'kept', max_budget: 1 },
      });
      expect((await call(gateway, key, CHAT, ECHO)).status).toBe(200);
      expect((await call(gateway, key, '/spend/logs')).json).toHaveLength(2);
    });
  });
});

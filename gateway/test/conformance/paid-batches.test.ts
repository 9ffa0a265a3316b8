import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PlainRequest } from '../plain-provider.ts';
import { MASTER, type OperationsScene, openOperationsScene } from './operations-scene.ts';

let scene: OperationsScene;
beforeAll(async () => {
  scene = await openOperationsScene(() => ({
    models: [
      {
        name: 'ours',
        target: 'openai/own',
        inputCostPerToken: 0.000_01,
        outputCostPerToken: 0.000_01,
        batchInputCostPerToken: 0.000_001,
        batchOutputCostPerToken: 0.000_002,
      },
    ],
    operations: { filesProvider: 'openai', unmetered: ['batches'] },
  }));
});
afterAll(() => scene.close());

const USAGE = {
  input_tokens: 1000,
  input_tokens_details: { cached_tokens: 400 },
  output_tokens: 100,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 1100,
};
/** What the provider says of every batch. */
let now: Record<string, unknown>;
let count = 0;
beforeEach(() => {
  now = { status: 'in_progress', request_counts: { total: 2, completed: 1, failed: 0 } };
  scene.provider.answer = ({ method, url }: PlainRequest) => {
    if (method === 'POST' && !url.endsWith('/cancel')) count += 1;
    const isFile = url.startsWith('/v1/files');
    const id = /(?:batch|file)_\d+/.exec(url)?.[0] ?? `${isFile ? 'file' : 'batch'}_${count}`;
    return { json: { id, ...(isFile ? { object: 'file' } : { object: 'batch', ...now }) } };
  };
});

const get = (path: string, headers: object) => scene.ask(path, undefined, { method: 'GET', headers: { ...headers } });

/** A key that has begun a batch. */
async function begun(fields: object = {}) {
  const { key, headers = {} } = await scene.keyWith(fields);
  const file = (await scene.ask('/v1/files', 'x', { headers: { ...headers, 'content-type': 'text/plain' } })).json;
  const body = {
    input_file_id: (file as { id: string }).id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  };
  const { id } = (await scene.ask('/v1/batches', body, { headers })).json as { id: string };
  return { key, headers, id };
}

async function rowsOf(id: string): Promise<readonly Record<string, unknown>[]> {
  const { json } = await scene.ask(`/spend/logs?request_id=batch:${id}`, undefined, { method: 'GET' });
  return json as Record<string, unknown>[];
}

test('a batch is paid for once, when it is seen to be over, by whoever made it', async () => {
  const { key, headers, id } = await begun({ max_budget: 1 });
  await get(`/v1/batches/${id}`, headers);
  expect(await rowsOf(id)).toEqual([]);
  now = { status: 'completed', model: 'gpt-4o-mini-2024-07-18', usage: USAGE, request_counts: { completed: 2 } };
  await Promise.all([1, 2, 3].map(() => get(`/v1/batches/${id}`, headers)));
  await get('/v1/batches', headers);
  // Half of 0.15 dollars for a million tokens of input, of 0.075 for those that were cached, and of 0.6 for output.
  const spend = (600 * 0.15 + 400 * 0.075 + 100 * 0.6) / 2 / 1e6;
  await expect.poll(() => rowsOf(id)).toMatchObject([{ model: 'gpt-4o-mini-2024-07-18', spend }]);
  const { json } = await scene.ask(`/key/info?key=${key}`, undefined, { method: 'GET' });
  expect(json).toMatchObject({ info: { spend } });
});

test.each([
  ['in a list', (id: string, headers: object) => get(`/v1/batches?limit=5&of=${id}`, headers)],
  [
    'when it is cancelled',
    (id: string, headers: object) => scene.ask(`/v1/batches/${id}/cancel`, {}, { headers: { ...headers } }),
  ],
])('a batch that is seen %s costs what the operator says', async (_, see) => {
  const { headers, id } = await begun();
  now = { status: 'cancelled', model: 'own-2026-01-01', usage: USAGE };
  await see(id, headers);
  await expect.poll(() => rowsOf(id)).toMatchObject([{ spend: 0.0012 }]);
});

test('a batch over the budget is charged in full, and then nothing more is done', async () => {
  const { headers, id } = await begun({ max_budget: 0.001 });
  now = { status: 'completed', model: 'own', usage: USAGE };
  await get(`/v1/batches/${id}`, headers);
  const chat = { model: 'ours', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 };
  expect(await scene.ask('/v1/chat/completions', chat, { headers })).toMatchObject({ status: 429 });
});

test('a batch that says no usage costs nothing, and its row says why; one that did nothing has no row', async () => {
  const { headers, id } = await begun();
  now = { status: 'failed', request_counts: { total: 2, completed: 0, failed: 2 } };
  await get(`/v1/batches/${id}`, headers);
  expect(await rowsOf(id)).toEqual([]);
  now = { status: 'expired', request_counts: { total: 2, completed: 1, failed: 1 } };
  await get(`/v1/batches/${id}`, headers);
  await expect.poll(() => rowsOf(id)).toMatchObject([{ spend: 0 }]);
  await scene.gateway.logged((line) => line.includes(`batch:${id}`) && line.includes('nobody counted its tokens'));
});

test('nobody else can have a batch charged', async () => {
  const { id } = await begun();
  now = { status: 'completed', model: 'own', usage: USAGE };
  expect(await get(`/v1/batches/${id}`, { authorization: `Bearer ${MASTER}` })).toMatchObject({ status: 404 });
  expect(await rowsOf(id)).toEqual([]);
});

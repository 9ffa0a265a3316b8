import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';
import { type PlainProvider, startPlainProvider } from '../plain-provider.ts';
import { send } from './scene.ts';

const NOWHERE = 'http://127.0.0.1:1/v1';

let server: PlainProvider;
let gateway: GatewayProcess | undefined;
beforeAll(async () => {
  server = await startPlainProvider();
});
afterAll(() => server.close());
beforeEach(() => {
  server.answer = ({ url }) => ({ json: url === '/api/tags' ? TAGS : ANSWER });
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

const TAGS = { models: [{ name: 'llama3.2:latest' }, { name: 'qwen3:8b' }] };
const ANSWER = {
  model: 'llama3.2:latest',
  created_at: '2026-01-02T03:04:05Z',
  message: { role: 'assistant', content: 'Hello you' },
  done: true,
  done_reason: 'stop',
  prompt_eval_count: 3,
  eval_count: 2,
};

const asks = (from: GatewayProcess, path: string, body?: object) =>
  send(from.url + path, {
    method: body ? 'POST' : 'GET',
    body,
    headers: { authorization: `Bearer ${from.key}`, 'content-type': 'application/json' },
  });

/** A gateway that looks around, on a machine where this test's server is all there is. */
async function looking(config?: object): Promise<GatewayProcess> {
  gateway = await startGateway({
    ...(config ? { config } : {}),
    env: {
      SYNTHLANG__ROUTING__FIND_LOCAL_SERVERS: 'true',
      OLLAMA_HOST: new URL(server.url).host,
      LM_STUDIO_API_BASE: NOWHERE,
      LLAMAFILE_API_BASE: NOWHERE,
      HOSTED_VLLM_API_BASE: NOWHERE,
    },
  });
  return gateway;
}

const FOUND = 'found Ollama on this machine';

test('a gateway without models of its own names the servers beside it, lists their models and asks them', async () => {
  const found = await looking();
  const line = JSON.parse(await found.logged((one) => one.includes(FOUND))) as object;
  expect(line).toMatchObject({ provider: 'ollama', baseUrl: server.url, models: 2, msg: FOUND });
  await expect
    .poll(() => found.stderr.find((one) => one.startsWith('Found ')))
    .toBe(`Found on this machine: Ollama at ${server.url} (ollama/llama3.2:latest, ollama/qwen3:8b)`);
  const { json } = await asks(found, '/v1/models');
  const ids = (json as { data: readonly { id: string }[] }).data.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['ollama/llama3.2:latest', 'ollama/qwen3:8b', 'synthlang/echo']));
  const messages = [{ role: 'user', content: 'Hi' }];
  const answer = await asks(found, '/v1/chat/completions', { model: 'ollama/llama3.2:latest', messages });
  expect(answer.json).toMatchObject({ choices: [{ message: { content: 'Hello you' } }], usage: { total_tokens: 5 } });
});

test('a server that never answers keeps nobody waiting, neither at the start nor at the end', async () => {
  server.answer = () => () => undefined;
  const asked = server.requests.length;
  const waiting = await looking();
  await expect.poll(() => server.requests.length).toBe(asked + 1);
  expect((await asks(waiting, '/v1/models')).status).toBe(200);
  expect(await waiting.stop()).toBe(0);
  gateway = undefined;
  expect(waiting.stderr.some((line) => line.startsWith('Found '))).toBe(false);
});

test('a gateway whose models are configured asks nobody', async () => {
  const asked = server.requests.length;
  const own = await looking({ models: [{ name: 'mine', target: 'synthlang/echo' }] });
  expect((await asks(own, '/v1/models')).status).toBe(200);
  expect(await own.stop()).toBe(0);
  gateway = undefined;
  expect(server.requests.length).toBe(asked);
});

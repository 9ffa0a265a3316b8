import Anthropic from '@anthropic-ai/sdk';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MASTER, type OperationsScene, openOperationsScene, PROVIDER_KEY } from './operations-scene.ts';

let scene: OperationsScene;
beforeAll(async () => {
  scene = await openOperationsScene((url) => ({
    providers: { openai: { baseUrl: `${url}/v1`, key: PROVIDER_KEY }, anthropic: { baseUrl: url, key: PROVIDER_KEY } },
    operations: {
      passThrough: [
        { prefix: '/openai', provider: 'openai' },
        { prefix: '/anthropic', provider: 'anthropic' },
        { prefix: '/lookup', baseUrl: `${url}/base`, headers: { 'x-token': PROVIDER_KEY }, forwards: ['x-trace'] },
      ],
    },
  }));
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.answer = () => ({ json: { ok: true } });
});

const last = () => scene.provider.requests.at(-1);

describe('what is passed through', () => {
  test('reaches the provider as it is, signed with the gateway’s key alone', async () => {
    const body = { model: 'anything', unknown: [1, 2, { three: 'four' }] };
    const reply = await scene.ask('/openai/v1/responses?include=a&key=secret', body, {
      headers: { cookie: 'a=b', 'x-trace': 'no', 'openai-beta': 'yes' },
    });
    expect(reply).toMatchObject({ status: 200, json: { ok: true } });
    expect(last()).toMatchObject({ method: 'POST', url: '/v1/responses?include=a', json: body });
    expect(last()?.headers).toMatchObject({ authorization: `Bearer ${PROVIDER_KEY}`, 'openai-beta': 'yes' });
    expect(JSON.stringify(last()?.headers)).not.toMatch(new RegExp(`${MASTER}|cookie|x-trace`));
  });

  test('may leave the version to the address', async () => {
    await scene.ask('/openai/models', undefined, { method: 'GET' });
    expect(last()).toMatchObject({ method: 'GET', url: '/v1/models' });
  });

  test('goes to an address of the operator’s with its own headers', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'GET']) {
      const body = method === 'GET' ? undefined : 'some text';
      const headers = { 'x-trace': 'yes', 'content-type': 'text/plain' };
      await scene.ask('/lookup/a/b%20c?d=e', body, { method, headers });
      expect(last()).toMatchObject({
        method,
        url: '/base/a/b%20c?d=e',
        headers: { 'x-token': PROVIDER_KEY, 'x-trace': 'yes' },
      });
      expect(last()?.body.toString()).toBe(body ?? '');
      expect(last()?.headers.authorization).toBeUndefined();
    }
  });

  test('serves the provider’s own client, whole and streamed', async () => {
    const client = new Anthropic({
      baseURL: `${scene.gateway.url}/anthropic`,
      apiKey: scene.gateway.key,
      maxRetries: 0,
    });
    const message = {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'claude-haiku-4-5',
      content: [{ type: 'text', text: 'Hello you' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 11, output_tokens: 7 },
    };
    scene.provider.answer = () => ({ json: message });
    const asked = { model: 'claude-haiku-4-5', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hi' }] };
    expect(await client.messages.create(asked)).toMatchObject(message);
    expect(last()).toMatchObject({ url: '/v1/messages', headers: { 'x-api-key': PROVIDER_KEY } });
    await scene.gateway.logged(
      (line) => line.includes('"operation":"pass-through"') && line.includes('"inputTokens":11'),
    );
    await expect.poll(scene.lastSpend).toMatchObject({ model: '/anthropic' });
  });

  test('a refusal comes back in the provider’s own words, and is recorded as one', async () => {
    scene.provider.answer = () => ({ status: 418, json: { type: 'error', message: 'I am a teapot' } });
    expect(await scene.ask('/anthropic/v1/messages', {})).toMatchObject({
      status: 418,
      json: { message: 'I am a teapot' },
    });
    await scene.gateway.logged((line) => line.includes('"status":418'));
  });

  test('a redirect is never followed', async () => {
    scene.provider.answer = () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, json: {} });
    const reply = await scene.ask('/openai/v1/models', undefined, { method: 'GET' });
    expect([reply.status, reply.headers.get('location')]).toEqual([502, null]);
  });

  test('an answer without a body has none', async () => {
    scene.provider.answer = () => (response) => response.writeHead(204).end();
    expect(await scene.ask('/lookup/a', undefined, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect(await scene.ask('/lookup/a', undefined, { method: 'HEAD' })).toMatchObject({ status: 204 });
  });
});

describe('what is not', () => {
  test('a stranger’s request', async () => {
    const before = scene.provider.requests.length;
    expect(await scene.ask('/openai/v1/models', {}, { headers: { authorization: null } })).toMatchObject({
      status: 401,
    });
    expect(await scene.ask('/openai/v1/models', {}, { headers: { authorization: 'Bearer sk-other' } })).toMatchObject({
      status: 401,
    });
    expect(scene.provider.requests.length).toBe(before);
  });

  test('one of a key whose budget or models it would pass by, or of a policy that masks', async () => {
    const before = scene.provider.requests.length;
    for (const fields of [{ max_budget: 1 }, { models: ['gpt-4o'] }]) {
      const caller = await scene.keyWith(fields);
      expect(await scene.ask('/openai/v1/models', {}, caller)).toMatchObject({ status: 403 });
    }
    const headers = { 'x-mask-pii-before-llm': 'true' };
    expect(await scene.ask('/openai/v1/models', {}, { headers })).toMatchObject({ status: 403 });
    const slow = await scene.keyWith({ rpm_limit: 1 });
    expect(await scene.ask('/openai/v1/models', {}, slow)).toMatchObject({ status: 200 });
    expect(await scene.ask('/openai/v1/models', {}, slow)).toMatchObject({ status: 429 });
    expect(scene.provider.requests.length).toBe(before + 1);
  });

  test.each([
    '/lookup/../admin',
    '/lookup/a/../../b',
    '/lookup/%2e%2e/admin',
    '/lookup/..%2fadmin',
    '/lookup/a%5cb',
    '/lookup//a',
    '/lookup/a;b',
    '/lookup/%252e%252e/a',
    '/lookup/a%00',
    '/lookup/%',
    '/lookupa',
  ])('%s', async (path) => {
    const before = scene.provider.requests.length;
    expect(await rawStatus(path)).toBe(404);
    expect(scene.provider.requests.length).toBe(before);
  });
});

/** Clients tidy paths up; this one sends them as they are. */
function rawStatus(path: string): Promise<number> {
  const { hostname, port } = new URL(scene.gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      resolve(Number(bytes.toString('latin1').split(' ')[1]));
      socket.destroy();
    });
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${MASTER}\r\n\r\n`);
  });
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { status } from '../scripted-provider/acts.ts';
import { DIALECTS, openai } from './dialect-view.ts';
import { printed } from './observed.ts';
import { until } from './until.ts';
import { CALLER_KEY, PROMPT_CANARY, PROVIDER_KEY, startWorld, type World } from './world.ts';

/** Every way for a provider to give a secret back, and for a caller to lose one on the way. */
const ECHOES = [PROVIDER_KEY, `Bearer ${PROVIDER_KEY}`, `Incorrect API key provided: ${PROVIDER_KEY}.`];

let world: World;
let hook: Server;
const delivered: string[] = [];

beforeAll(async () => {
  hook = createServer((request, response) => {
    let text = JSON.stringify(request.headers);
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      delivered.push(text);
      response.end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const { port } = hook.address() as AddressInfo;
  world = await startWorld({
    callbacks: [{ kind: 'webhook', url: `http://127.0.0.1:${port}/turns`, flushMs: 50 }],
    script: (_, { model, lastText }) => {
      const echo = ECHOES[Number(model.replace('echo-', ''))];
      if (model.startsWith('echo-')) return status(401, echo ?? '');
      return model === 'repeat' ? status(400, `I don't like "${lastText}"`) : {};
    },
  });
});
afterAll(async () => {
  expect(await world.close(), 'secrets where none may be').toEqual([]);
  hook.close();
});

test('a provider that repeats our key to the caller is not passed on as it is', async () => {
  for (const dialect of DIALECTS)
    for (const stream of [true, false])
      for (const index of ECHOES.keys()) {
        const heard = await world.ask({ dialect, model: `o/echo-${index}`, stream, prompt: PROMPT_CANARY });
        expect(heard.status).toBe(401);
        expect(heard.body).not.toContain('CANARY');
      }
});

test('what a provider says about the prompt reaches the caller and no log', async () => {
  const heard = await world.ask({ dialect: openai, model: 'o/repeat', stream: false, prompt: 'Tell me nothing' });
  expect(heard.error).toContain('Tell me nothing');
  expect(printed(world.gateway)).not.toContain('Tell me nothing');
});

test('a wrong key is not repeated, wherever it stands', async () => {
  for (const name of ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']) {
    const value = name === 'authorization' ? 'Bearer sk-CANARY-wrong-0123456789' : 'sk-CANARY-wrong-0123456789';
    const bare = { ...openai, headers: () => ({ [name]: value }) };
    const heard = await world.ask({ dialect: bare, model: 'o/ok', stream: true });
    expect(heard.status).toBe(401);
    expect(heard.body).not.toContain('CANARY');
  }
  expect(printed(world.gateway)).not.toContain('sk-CANARY-wrong');
});

test('a payload says how each turn went, and holds no secret and no prompt', async () => {
  await world.ask({ dialect: openai, model: 'o/ok', stream: true, prompt: PROMPT_CANARY });
  const { length: turns } = await world.records(14);
  await until('every turn was delivered', () => delivered.join('').split('"request_id"').length > turns);
  for (const payload of delivered) {
    world.keep(payload);
    expect(payload).not.toMatch(/Tell me nothing|Hello there/);
  }
});

test('the environment and the configuration are no secret that a path gives away', async () => {
  for (const path of [
    '/.env',
    '/synthlang.yaml',
    '/config.yaml',
    '/data/master-key.json',
    '/debug',
    '/proc/self/environ',
  ]) {
    const heard = await world.ask({ dialect: { ...openai, path }, model: 'o/ok', stream: false });
    expect(heard.status).toBe(404);
  }
  expect(printed(world.gateway)).not.toContain(CALLER_KEY);
});

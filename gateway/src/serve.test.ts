import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { served } from '../test/served.ts';
import { failureOf } from '../test/support.ts';
import { ConfigError } from './config/problem.ts';
import { serve, type Running, type ServeInput } from './serve.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';

const running: Running[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});

function newFolder(): string {
  const folder = temporaryFolder('serve');
  return folder;
}

async function start(input: Partial<ServeInput> = {}) {
  let told = '';
  const gateway = await serve({
    env: {},
    folder: newFolder(),
    file: undefined,
    say: (text) => (told += text),
    ...input,
    flags: {
      'routing.findLocalServers': false,
      'server.port': 0,
      'server.drainMs': 0,
      'log.level': 'silent',
      ...input.flags,
    },
  });
  running.push(gateway);
  return { gateway, told: () => told };
}

const ECHO = { model: 'synthlang/echo', messages: [{ role: 'user', content: 'Hello there' }] };

function ask({ url }: Running, key: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(ECHO),
  });
}

test('the first start makes a key, shows it once, and the first request works', async () => {
  const folder = newFolder();
  const { gateway, told } = await start({ folder });
  const key = /sk-[\w-]{43}/.exec(told())?.[0] ?? '';
  expect(told()).toContain(gateway.url);
  expect(await (await ask(gateway, key)).json()).toMatchObject({ choices: [{ message: { content: 'Hello there' } }] });
  expect(readFileSync(join(folder, 'data', 'master-key.json'), 'utf8')).not.toContain(key);

  const again = await start({ folder });
  expect(again.told()).not.toMatch(/sk-[\w-]{43}/);
  expect((await ask(again.gateway, key)).status).toBe(200);
});

test('the curl that is shown is a whole command', async () => {
  const { told } = await start();
  expect(told()).toMatch(
    /curl http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions -H "authorization: Bearer sk-.*-d '\{.*\}'/s,
  );
});

test('a key in the configuration is used, and never shown', async () => {
  const { gateway, told } = await start({ env: { LITELLM_MASTER_KEY: 'sk-CANARY-configured' } });
  expect((await ask(gateway, 'sk-CANARY-configured')).status).toBe(200);
  expect(told()).not.toContain('CANARY');
});

test('a damaged key file is an error, not a new key', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'master-key.json'), '{"sha');
  expect((await failureOf(start({ folder }))).message).toContain('is not JSON; restore it');
});

test('a port that is taken costs nobody a key', async () => {
  const other = await served();
  const folder = newFolder();
  const port = Number(new URL(other.url).port);
  expect((await failureOf(start({ folder, flags: { 'server.port': port } }))).code).toBe('EADDRINUSE');
  await other.server.stop(0);
  expect((await start({ folder })).told()).toMatch(/sk-[\w-]{43}/);
});

test('a key that can’t be kept stops the start, and nothing listens any more', async () => {
  const other = await served();
  const port = Number(new URL(other.url).port);
  await other.server.stop(0);
  const folder = newFolder();
  mkdirSync(join(folder, 'data', 'master-key.json.new'), { recursive: true });
  await failureOf(start({ folder, flags: { 'server.port': port } }));
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});

test('a key that can be guessed is refused where others can reach it', async () => {
  const env = { LITELLM_MASTER_KEY: 'sk-1234' };
  const error = await failureOf(start({ env, flags: { 'server.host': '0.0.0.0' } }));
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.message).not.toContain('sk-1234');
  const { gateway } = await start({ env });
  expect((await ask(gateway, 'sk-1234')).status).toBe(200);
});

test('what has no effect is said at the start', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'litellm.yaml'), 'model_list: []\nlitellm_settings:\n  default_team_settings: []\n');
  const { told } = await start({ folder, file: 'litellm.yaml' });
  expect(told()).toMatch(/not supported yet: .*default_team_settings/);
});

test('a configuration with mistakes starts nothing', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'synthlang.yaml'), 'sever:\n  port: 1\n');
  expect((await failureOf(start({ folder, file: 'synthlang.yaml' }))).message).toContain('server');
});

test('reading the configuration again changes what is served; a bad one is refused', async () => {
  const folder = newFolder();
  const file = join(folder, 'synthlang.yaml');
  const config = (key: string) => `access:\n  masterKey: ${key}\n`;
  writeFileSync(file, config('sk-first-0123456789'));
  const { gateway } = await start({ folder, file: 'synthlang.yaml' });
  writeFileSync(file, config('sk-second-0123456789'));
  gateway.reload();
  expect((await ask(gateway, 'sk-second-0123456789')).status).toBe(200);
  writeFileSync(file, 'access: nonsense\n');
  gateway.reload();
  expect((await ask(gateway, 'sk-second-0123456789')).status).toBe(200);
});

test('without a file there is nothing to read again', async () => {
  const { gateway } = await start();
  expect(() => gateway.reload()).not.toThrow();
});

test('after stopping nothing listens', async () => {
  const { gateway } = await start();
  await gateway.stop();
  running.pop();
  await expect(fetch(`${gateway.url}/health`)).rejects.toThrow();
});

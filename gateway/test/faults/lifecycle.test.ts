import { writeFileSync } from 'node:fs';
import { Agent, get as httpGet } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { textOf } from '../gateway-process.ts';
import { ask, get, type Asking } from './caller.ts';
import { DIALECTS, openai } from './dialect-view.ts';
import { isAlive, printed, turnLines } from './observed.ts';
import { until, within } from './until.ts';
import { CALLER_KEY, startWorld, type World } from './world.ts';

const DRAIN_MS = 1500;
const UPSTREAM = {
  headersTimeoutMs: 20_000,
  firstOutputTimeoutMs: 20_000,
  idleTimeoutMs: 20_000,
  totalTimeoutMs: 60_000,
};

let world: World;
afterEach(async () => {
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

/** Puts so many questions and waits until they are all being answered. */
async function inFlight(count: number, act: string, stream: boolean): Promise<readonly Asking[]> {
  const { length: before } = world.provider.requests;
  const asked = Array.from({ length: count }, (_, index) => {
    const dialect = DIALECTS[index % 2] ?? openai;
    return world.put({ dialect, model: `${index % 4 < 2 ? 'o/' : 'a/'}${act}`, stream });
  });
  await world.provider.arrived(before + count);
  if (stream) await Promise.all(asked.map(({ begun }) => begun));
  return asked;
}

test('at a SIGTERM what was admitted is finished, the rest hears an error, and it exits in time', {
  timeout: 30_000,
}, async () => {
  world = await startWorld({ upstream: UPSTREAM, server: { drainMs: DRAIN_MS } });
  const { gateway } = world;
  const short = await inFlight(25, 'words:10+paced:60', true);
  const plain = await inFlight(10, `say:${'y'.repeat(60)}+drip:1`, false);
  const long = await inFlight(25, 'words:2000+paced:50', true);
  const stuck = await inFlight(5, 'silent', false);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect(await readiness(gateway.url, agent)).toBe(200);

  const stoppedAtMs = performance.now();
  const exit = gateway.stop('SIGTERM');
  await until('readiness fails', async () => (await readiness(gateway.url, agent)) !== 200, 500);
  await expect(ask(gateway.url, CALLER_KEY, { dialect: openai, model: 'o/ok', stream: true })).rejects.toThrow(
    /ECONNREFUSED|ECONNRESET/,
  );

  for (const { heard } of [...short, ...plain]) {
    const { status, looksFinished, error, broken } = await heard;
    expect([status, looksFinished, error, broken]).toEqual([200, true, undefined, false]);
  }
  for (const { heard } of long) {
    const { status, looksFinished, error, broken, body } = await heard;
    expect([status, looksFinished, broken], body.slice(-300)).toEqual([200, false, false]);
    expect(error).toContain('shutting down');
  }
  for (const { heard } of stuck) expect((await heard).status).toBe(503);
  expect(await exit).toBe(0);
  expect(performance.now() - stoppedAtMs).toBeGreaterThan(DRAIN_MS - 50);
  expect(performance.now() - stoppedAtMs).toBeLessThan(DRAIN_MS + 1000);
  expect(turnLines(gateway)).toHaveLength(25 + 10 + 25 + 5);
  expect(turnLines(gateway).filter(({ end }) => end === 'failed')).toHaveLength(25 + 5);
  agent.destroy();
});

test('with nothing in flight it exits at once', async () => {
  world = await startWorld({ server: { drainMs: 30_000 } });
  const idle = new Agent({ keepAlive: true });
  await world.ask({ dialect: openai, model: 'o/ok', stream: true, agent: idle });
  const startedMs = performance.now();
  expect(await world.gateway.stop('SIGTERM')).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(1000);
  idle.destroy();
});

test('a second SIGTERM ends the waiting, with an error in every stream', async () => {
  world = await startWorld({ upstream: UPSTREAM, server: { drainMs: 30_000 } });
  const { gateway } = world;
  const asked = await inFlight(10, 'words:2000+paced:50', true);
  const exit = gateway.stop('SIGTERM');
  await until('it has stopped listening', () => refused(gateway.url));
  gateway.signal('SIGTERM');
  for (const { heard } of asked) expect((await heard).error).toContain('shutting down');
  expect(await within(2000, 'it exits', exit)).toBe(0);
});

test('a changed configuration is taken over under load, and a bad one is not', { timeout: 30_000 }, async () => {
  world = await startWorld({ upstream: UPSTREAM });
  const { gateway, provider } = world;
  const model = (name: string) => ({ name, target: 'openai/*', key: 'sk-reloaded', apiBase: `${provider.url}/v1` });
  const config = { access: { apiKeys: [{ id: 'tests', key: CALLER_KEY }] }, models: [model('o/*'), model('new/*')] };
  const long = await inFlight(20, 'words:40+paced:40', true);
  const pressing = { goOn: true };
  const load = Promise.all(Array.from({ length: 8 }, () => press(pressing)));

  writeFileSync(gateway.configFile, textOf(config));
  gateway.signal('SIGHUP');
  await until(
    'the new model is there',
    async () => (await world.ask({ dialect: openai, model: 'new/ok', stream: false })).status === 200,
  );
  for (const bad of ['{"models": 7}', 'models: [', 'nonsense: true']) {
    writeFileSync(gateway.configFile, bad);
    gateway.signal('SIGHUP');
    await gateway.logged((line) => line.includes('was refused')).catch(() => undefined);
    expect((await world.ask({ dialect: openai, model: 'new/ok', stream: true })).looksFinished).toBe(true);
  }
  pressing.goOn = false;
  const counts = await load;
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
  for (const { heard } of long) expect((await heard).looksFinished).toBe(true);
  expect(isAlive(gateway)).toBe(true);
});

test('no rejection was ever left unhandled', async () => {
  world = await startWorld({ env: { NODE_OPTIONS: '--unhandled-rejections=strict' } });
  const acts = [
    'cut-rst:3',
    'cut-fin:3',
    'stall:3',
    'refuse',
    'bad-gzip',
    'short',
    'error-frame:3',
    'oversize',
    'malformed-line:4',
  ];
  await Promise.all(
    acts.flatMap((act) =>
      DIALECTS.flatMap((dialect) => [true, false].map((stream) => world.ask({ dialect, model: `o/${act}`, stream }))),
    ),
  );
  const asked = await inFlight(10, 'words:2000+paced:5', true);
  for (const { hangUp } of asked) hangUp();
  await world.records(acts.length * 4 + 10);
  expect(isAlive(world.gateway)).toBe(true);
  expect(printed(world.gateway)).not.toMatch(/unhandled|UnhandledPromise|"msg":"bug"/i);
});

/** Asks again and again until told to stop; gives how often. Fails the test at the first wrong answer. */
async function press(pressing: { goOn: boolean }): Promise<number> {
  let count = 0;
  while (pressing.goOn) {
    const heard = await world.ask({ dialect: openai, model: 'o/words:5', stream: count % 2 === 0 });
    expect(heard.text, heard.body).toBe('word1 word2 word3 word4 word5');
    count += 1;
  }
  return count;
}

/** The status of the readiness page over a connection that is kept; 0 when there is no answer. */
function readiness(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const request = httpGet(`${url}/health/readiness`, { agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', () => resolve(0));
  });
}

function refused(url: string): Promise<boolean> {
  return get(`${url}/health`).then(
    () => false,
    () => true,
  );
}

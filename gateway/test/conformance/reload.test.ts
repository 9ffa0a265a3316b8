import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GatewayProcess, textOf } from '../gateway-process.ts';
import { say } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { chatOf, openScene, type Places, type Scene } from './scene.ts';

const CHAT = '/v1/chat/completions';
const configFor =
  (model: string, more: object = {}) =>
  ({ openai }: Places) => ({
    models: [{ name: 'the-model', target: `openai/${model}`, apiBase: openai, key: 'k' }],
    ...more,
  });

let scene: Scene;
beforeAll(async () => void (scene = await openScene({ config: configFor('before') })));
afterAll(() => scene.close());

/** Writes another config file and resolves when the gateway has said what it made of it. */
async function rewritten(
  config: object | string,
  gateway: GatewayProcess = scene.gateway,
): Promise<Record<string, unknown>> {
  const before = gateway.stdout.length;
  writeFileSync(gateway.configFile, textOf(config));
  const line = await gateway.logged((text) => gateway.stdout.indexOf(text, before) >= 0 && /configuration/.test(text));
  return JSON.parse(line) as Record<string, unknown>;
}

async function answeredBy(): Promise<string | null> {
  const { status, headers, text } = await scene.ask(CHAT, chatOf('the-model'));
  return status === 200 ? headers.get('x-synthlang-model') : `${status}: ${text}`;
}

test('a changed file is swapped in whole while requests keep coming, and none of them fails', async () => {
  let done = false;
  const seen = new Set<string | null>();
  const load = Array.from({ length: 8 }, async () => {
    while (!done) seen.add(await answeredBy());
  });
  expect(await rewritten(configFor('after')(scene.places))).toMatchObject({
    msg: 'configuration reloaded',
    changed: ['models'],
  });
  expect(await answeredBy()).toBe('after');
  done = true;
  await Promise.all(load);
  expect(seen).toEqual(new Set(['before', 'after']));
});

test('a stream that runs goes on to its end with what it began with', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  scene.openai.perform(behave(say('Hello you there'), { pauses: [{ at: { event: 2 }, until: held }] }));
  const arriving = scene.openai.arrived(scene.openai.requests.length + 1);
  const streaming = scene.ask(CHAT, chatOf('the-model', { stream: true }));
  await arriving;
  await rewritten(configFor('later')(scene.places));
  release();
  const { status, events } = await streaming;
  expect(status).toBe(200);
  expect(events.at(-1)).toBe('[DONE]');
  scene.openai.perform({});
  expect(await answeredBy()).toBe('later');
});

test.each([
  ['broken YAML', 'models: [', /config\.yaml/],
  ['an unknown setting', 'server:\n  prot: 1\n', /config\.yaml:2:3 {2}server\.prot.*"port"/],
  ['a value out of range', 'routing: {retriesMax: 1000}', /retriesMax/],
  ['a target that nobody serves', 'models: [{name: a, target: nobody/a}]', /nobody/],
  ['a reference to a name that isn’t set', 'access: {masterKey: "env:NOT_THERE"}', /NOT_THERE/],
])('%s is refused and logged, and the running configuration stays', async (_, text, why) => {
  const line = await rewritten(text);
  expect(line).toMatchObject({ level: 50, msg: 'the new configuration was refused; the running one stays' });
  expect((line['problems'] as string[]).join('\n')).toMatch(why);
  expect(await answeredBy()).toBe('later');
});

test('after a bad file a good one is taken again', async () => {
  await rewritten(configFor('again')(scene.places));
  expect(await answeredBy()).toBe('again');
});

test('what waits for the next start is said', async () => {
  const line = await rewritten(configFor('again', { server: { drainMs: 1234 } })(scene.places));
  expect(line).toMatchObject({ changed: ['server.drainMs'], takesEffectAtNextStart: ['server.drainMs'] });
});

test('SIGHUP reads everything again', async () => {
  const before = scene.gateway.stdout.length;
  scene.gateway.signal('SIGHUP');
  await scene.gateway.logged(
    (line) => scene.gateway.stdout.indexOf(line, before) >= 0 && line.includes('configuration reloaded'),
  );
  expect(await answeredBy()).toBe('again');
});

test('a new key counts at once, and one that was taken out no longer does', async () => {
  const headers = { authorization: 'Bearer sk-new-0123456789' };
  const withKey = { access: { apiKeys: [{ id: 'new', key: 'sk-new-0123456789' }] } };
  expect((await scene.ask(CHAT, chatOf('the-model'), { headers })).status).toBe(401);
  await rewritten(configFor('again', withKey)(scene.places));
  expect((await scene.ask(CHAT, chatOf('the-model'), { headers })).status).toBe(200);
  await rewritten(configFor('again')(scene.places));
  expect((await scene.ask(CHAT, chatOf('the-model'), { headers })).status).toBe(401);
});

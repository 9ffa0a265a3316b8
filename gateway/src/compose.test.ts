import { afterEach, describe, expect, test } from 'vitest';
import * as act from '../test/scripted-provider/acts.ts';
import { behave, type Behaviour } from '../test/scripted-provider/behaviour.ts';
import { byModel, failing, type Script } from '../test/scripted-provider/script.ts';
import { startScriptedProvider } from '../test/scripted-provider/scripted-provider.ts';
import { settled } from '../test/support.ts';
import { compose } from './compose.ts';
import { loadText, type LoadedConfig } from './config/load.ts';
import { openLog } from './ledger/log.ts';
import type { TurnRecord } from './model/turn.ts';
import { listen } from './server/http.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const CALLER_KEY = 'sk-CANARY-caller-key';
const PROVIDER_KEY = 'sk-CANARY-provider-key';

function configOf(more: Readonly<Record<string, unknown>> = {}): LoadedConfig {
  const config = {
    server: { port: 0 },
    access: { masterKey: CALLER_KEY },
    routing: { retriesMax: 0, backoffMinMs: 0, backoffMaxMs: 0 },
    ...more,
  };
  return loadText({ text: JSON.stringify(config), file: 'config', env: {} });
}

/** A whole gateway in front of a provider that does what it is told. */
async function gatewayWith(script: Behaviour | Script, more: Readonly<Record<string, unknown>> = {}) {
  const provider = await startScriptedProvider({ script });
  opened.push(() => provider.close());
  const model = { target: 'openai-compatible/*', apiBase: `${provider.url}/v1`, key: PROVIDER_KEY };
  const config = { models: [{ name: '*', ...model }], ...more };
  const written: string[] = [];
  const records: TurnRecord[] = [];
  const log = openLog({ level: 'trace' }, { write: (text) => void written.push(text) });
  const composed = compose(configOf(config), { version: '1', log, onRecord: (record) => records.push(record) });
  const { config: checked } = configOf(config);
  const server = await listen(checked.server, composed.ports);
  opened.push(async () => {
    await server.stop(0);
    await composed.close(0);
  });
  const ask = (fields: object = {}, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CALLER_KEY}`, ...headers },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'CANARY-prompt' }], ...fields }),
    });
  return { provider, composed, server, records, ask, model, logged: () => (log.close(), written.join('')) };
}

test('a question goes through the whole gateway and comes back, with who answered in the headers', async () => {
  const { ask, provider, records } = await gatewayWith(act.say('Hello'));
  const response = await ask();
  expect(await response.json()).toMatchObject({ model: 'm', choices: [{ message: { content: 'Hello' } }] });
  expect(response.headers.get('x-synthlang-provider')).toBe('openai-compatible');
  expect(provider.requests[0]?.headers['authorization']).toBe(`Bearer ${PROVIDER_KEY}`);
  expect(records).toMatchObject([{ end: 'finished', status: 200, keyId: 'master' }]);
});

test('the numbers tell of it', async () => {
  const { ask, composed } = await gatewayWith(act.say('Hello'));
  await (await ask()).text();
  expect(await composed.ports.metricsText?.()).toContain(
    'synthlang_requests_total{model="m",provider="openai-compatible",status="200"',
  );
});

test('metrics that are off are not made', async () => {
  const { composed } = await gatewayWith({}, { metrics: { enabled: false } });
  expect(composed.ports.metricsText).toBeUndefined();
});

test('two failures and a success are three attempts and one answer', async () => {
  const { ask, provider } = await gatewayWith(failing(2, act.status(500), act.say('Hello')));
  const response = await ask({ num_retries: 2 });
  expect([response.status, response.headers.get('x-synthlang-attempts')]).toEqual([200, '3']);
  expect(provider.requests).toHaveLength(3);
  expect(provider.requests.map(({ json }) => 'num_retries' in (json as object))).toEqual([false, false, false]);
});

test('nothing of a provider’s own headers reaches the caller', async () => {
  const { ask } = await gatewayWith(act.hopHeaders());
  for (const stream of [true, false]) {
    const { headers } = await ask({ stream });
    for (const name of ['set-cookie', 'server', 'proxy-authenticate', 'trailer', 'upgrade', 'x-hop'])
      expect(headers.get(name)).toBeNull();
  }
});

test('a redirect is never followed', async () => {
  const { ask, provider } = await gatewayWith(act.redirect());
  expect((await ask()).status).toBe(502);
  expect(provider.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
});

test('a key with a list of models never reaches another one by a configured fallback', async () => {
  const script = byModel({ good: act.status(500), dear: act.say('expensive') });
  const access = { apiKeys: [{ id: 'k', key: 'sk-limited-0123456789', models: ['good'] }] };
  const routing = { retriesMax: 0, fallbacks: { good: ['dear'] } };
  const { ask, provider } = await gatewayWith(script, { access, routing });
  const response = await ask({ model: 'good' }, { authorization: 'Bearer sk-limited-0123456789' });
  expect(response.status).toBe(500);
  expect(provider.requests).toHaveLength(1);
});

const FAULTS: readonly (readonly [string, Behaviour])[] = [
  ['a refused key', act.status(401, `Incorrect API key provided: ${PROVIDER_KEY}. You said: CANARY-prompt`)],
  ['a refusal', act.status(400, 'You said: CANARY-prompt')],
  ['a failure', act.status(500, 'You said: CANARY-prompt')],
  ['an error in the stream', act.errorFrame(1, 'You said: CANARY-prompt')],
  ['an error later in the stream', behave(act.words(9), act.errorFrame(4, 'You said: CANARY-prompt'))],
  ['a malformed line', act.malformedLine(2)],
  ['malformed JSON', act.body('{"CANARY":')],
  ['a page', act.html(200)],
  ['a reset', act.cutByReset({ event: 1 })],
  ['a broken header', act.brokenHeader()],
];

describe.each(FAULTS)('after %s', (_, behaviour) => {
  test.each([true, false])('no secret and no prompt stand in the log (stream: %s)', async (stream) => {
    const { ask, logged, records } = await gatewayWith(behaviour);
    const text = await (await ask({ stream })).text();
    expect(text).not.toContain(PROVIDER_KEY);
    expect(text).not.toContain(CALLER_KEY);
    expect(records).toHaveLength(1);
    expect(logged()).toContain('"msg":"turn"');
    expect(logged()).not.toContain('CANARY');
  });
});

test('a caller’s wrong key stands neither in the answer nor in the log', async () => {
  const { ask, logged } = await gatewayWith({});
  const response = await ask({}, { authorization: 'Bearer sk-CANARY-wrong' });
  expect(response.status).toBe(401);
  expect((await response.text()) + logged()).not.toContain('CANARY');
});

describe('reloading', () => {
  test('new turns go by the new configuration, running ones by the old', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const script = byModel({ old: behave(act.words(5), act.stall({ event: 3 }, held)), new: act.say('new') });
    const { ask, composed, provider, model } = await gatewayWith(script, { routing: { aliases: { m: 'old' } } });
    const early = ask({ stream: true });
    await provider.arrived(1);
    composed.reload(configOf({ models: [{ name: '*', ...model }], routing: { aliases: { m: 'new' } } }));
    expect(await (await ask()).text()).toContain('new');
    release();
    expect(await (await early).text()).toMatch(/word5.*\[DONE\]/s);
  });

  test('one that can’t be served is refused, and the running one stays', async () => {
    const { ask, composed } = await gatewayWith(act.say('Hello'));
    const { engine } = composed.ports;
    const before = engine();
    expect(() => composed.reload(configOf({ models: [{ name: 'x', target: 'nobody/x' }] }))).toThrow(
      'names no provider',
    );
    expect(engine()).toBe(before);
    expect((await ask()).status).toBe(200);
  });

  test('keys come and go with it', async () => {
    const { ask, composed, model } = await gatewayWith(act.say('Hello'));
    composed.reload(configOf({ models: [{ name: '*', ...model }], access: { masterKey: 'sk-the-new-master-key' } }));
    expect((await ask()).status).toBe(401);
    expect((await ask({}, { authorization: 'Bearer sk-the-new-master-key' })).status).toBe(200);
  });

  test('turns that wait for a callback are still delivered', async () => {
    const hook = await startScriptedProvider({ script: {} });
    opened.push(() => hook.close());
    const callbacks = [{ kind: 'webhook', url: `${hook.url}/v1/chat/completions`, flushMs: 60_000 }];
    const { ask, composed, model } = await gatewayWith(act.say('Hello'), { callbacks });
    await (await ask()).text();
    composed.reload(configOf({ models: [{ name: '*', ...model }] }));
    const delivered = await hook.arrived(1);
    expect(delivered.json).toMatchObject({ turns: [{ model: 'm', status: 'success' }] });
    await (await ask()).text();
    await settled();
    expect(hook.requests).toHaveLength(1);
  });
});

test('closing delivers what waits for a callback', async () => {
  const hook = await startScriptedProvider({ script: {} });
  opened.push(() => hook.close());
  const callbacks = [{ kind: 'webhook', url: `${hook.url}/v1/chat/completions`, flushMs: 60_000 }];
  const { ask, composed } = await gatewayWith(act.say('Hello'), { callbacks });
  await (await ask()).text();
  await composed.close(1000);
  expect(hook.requests.map(({ json }) => json)).toMatchObject([{ turns: [{ http_status: 200 }] }]);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, startGateway } from '../gateway-process.ts';
import { silent, status } from '../scripted-provider/acts.ts';
import { startCallbackServer } from './callback-server.ts';
import { chatOf, during, openScene, type Scene, send } from './scene.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const CHAT = '/v1/chat/completions';

describe('LiteLLM’s config.yaml', () => {
  const MASTER = 'sk-litellm-master-0123456789';
  let scene: Scene;
  let langfuse: Awaited<ReturnType<typeof startCallbackServer>>;
  beforeAll(async () => {
    langfuse = await startCallbackServer();
    scene = await openScene({
      config: ({ openai, anthropic }) => `
model_list:
  - model_name: fast
    litellm_params: {model: openai/gpt-4o-mini, api_key: os.environ/TEAM_KEY, api_base: "${openai}", num_retries: 0}
  - model_name: claude
    litellm_params: {model: anthropic/claude-3-opus, api_base: "${anthropic}", api_key: sk-CANARY-inline}
  - model_name: careful
    litellm_params: {model: claude-3-haiku, custom_llm_provider: anthropic, api_base: "${anthropic}", api_key: k, drop_params: false}
  - model_name: slow
    litellm_params: {model: gpt-4o, api_base: "${openai}", api_key: k, timeout: 0.3, max_retries: 0}
  - model_name: "house/*"
    litellm_params: {model: "openai/*", api_key: k, api_base: "${openai}", extra_headers: {x-house: blue}}
litellm_settings:
  drop_params: true
  num_retries: 1
  success_callback: [langfuse]
  fallbacks: [{fast: [claude]}]
  telemetry: true
router_settings:
  model_group_alias: {quick: fast}
  num_retries: 2
  retry_after: 0
general_settings:
  master_key: os.environ/MASTER
guardrails: []
environment_variables: {LANGFUSE_HOST: "${langfuse.url}"}
`,
      env: {
        TEAM_KEY: 'sk-CANARY-team',
        MASTER,
        LITELLM_MASTER_KEY: MASTER,
        LANGFUSE_PUBLIC_KEY: 'pk',
        LANGFUSE_SECRET_KEY: 'sk',
        SYNTHLANG__ROUTING__BACKOFF_MIN_MS: '0',
        SYNTHLANG__ROUTING__BACKOFF_MAX_MS: '0',
      },
    });
  });
  afterAll(async () => {
    await scene.close();
    await langfuse.close();
  });

  test('says at the start which of its settings do nothing here', () => {
    const said = scene.gateway.stderr.join('\n');
    expect(said).toMatch(/not supported yet: .*guardrails/);
    expect(said).toMatch(/not supported yet: .*telemetry/);
  });

  test('master_key is the key', async () => {
    expect((await scene.ask(CHAT, chatOf('fast'), { headers: { authorization: `Bearer ${MASTER}` } })).status).toBe(
      200,
    );
    expect((await scene.ask(CHAT, chatOf('fast'), { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  test('model_list leads to its targets, with keys out of the environment', async () => {
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, chatOf('fast')));
    expect(result.json).toMatchObject({ model: 'fast' });
    expect(requests[0]).toMatchObject({ model: 'gpt-4o-mini', headers: { authorization: 'Bearer sk-CANARY-team' } });
  });

  test('custom_llm_provider names the provider, and litellm_params win over litellm_settings', async () => {
    const body = chatOf('careful', { logit_bias: { 1: 1 }, max_tokens: 5 });
    expect(await scene.ask(CHAT, body)).toMatchObject({ status: 400, json: { error: { param: 'logit_bias' } } });
    expect((await scene.ask(CHAT, chatOf('careful'))).status).toBe(200);
    expect(scene.anthropic.requests.at(-1)?.model).toBe('claude-3-haiku');
  });

  test('drop_params drops, with a notice', async () => {
    const answer = await scene.ask(CHAT, chatOf('claude', { logit_bias: { 1: 1 }, max_tokens: 5 }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-synthlang-warning')).toMatch(/logit_bias/);
  });

  test('wildcards, aliases and extra headers work', async () => {
    await scene.ask(CHAT, chatOf('house/gpt-4.1'));
    expect(scene.openai.requests.at(-1)).toMatchObject({ model: 'gpt-4.1', headers: { 'x-house': 'blue' } });
    expect((await scene.ask(CHAT, chatOf('quick'))).json).toMatchObject({ model: 'quick' });
  });

  test('retries: the entry’s own number, else the router’s', async () => {
    scene.openai.perform(status(500));
    const own = await during(scene.openai, () => scene.ask(CHAT, chatOf('fast', { disable_fallbacks: true })));
    expect(own.requests).toHaveLength(1);
    const router = await during(scene.openai, () => scene.ask(CHAT, chatOf('house/x')));
    expect(router.requests).toHaveLength(3);
    scene.openai.perform({});
  });

  test('fallbacks are asked', async () => {
    scene.openai.perform(status(500));
    const answer = await scene.ask(CHAT, chatOf('fast'));
    expect(answer).toMatchObject({ status: 200, json: { model: 'fast' } });
    expect(answer.headers.get('x-synthlang-provider')).toBe('anthropic');
    scene.openai.perform({});
  });

  test('timeout ends an attempt', async () => {
    scene.openai.perform(silent());
    expect(await scene.ask(CHAT, chatOf('slow'))).toMatchObject({
      status: 504,
      json: { error: { code: 'upstream.timeout' } },
    });
    scene.openai.perform({});
  });

  test('success_callback tells Langfuse of successes, where environment_variables says', async () => {
    const { headers } = await scene.ask(CHAT, chatOf('fast'));
    const id = headers.get('x-request-id') ?? '-';
    const deliveries = await langfuse.until((all) => all.some(({ text }) => text.includes(id)));
    expect(deliveries.map(({ text }) => text).join()).not.toContain('"ERROR"');
  });
});

describe('the environment', () => {
  test('HOST, PORT, LOG_LEVEL, ADMIN_API_KEY and the data folder do what they say', async () => {
    const probe = await startGateway();
    const { port } = new URL(probe.url);
    await probe.stop();
    const gateway = await startGateway({
      args: [],
      env: {
        HOST: '127.0.0.2',
        PORT: port,
        LOG_LEVEL: 'WARNING',
        ADMIN_API_KEY: 'sk-admin-0123456789',
        SYNTHLANG_DATA_DIR: 'elsewhere',
      },
    });
    expect(gateway.url).toBe(`http://127.0.0.2:${port}`);
    const answer = await send(gateway.url + CHAT, {
      method: 'POST',
      body: chatOf('synthlang/echo'),
      headers: { 'x-api-key': 'sk-admin-0123456789' },
    });
    expect(answer.status).toBe(200);
    await gateway.stop();
    expect(gateway.stdout.join('')).toBe('');
  });

  test('LITELLM_TIMEOUT is the whole time of a request, in seconds; a flag wins over a name', async () => {
    const scene = await openScene({
      env: { LITELLM_TIMEOUT: '0.3', LITELLM_MAX_RETRIES: '0', PORT: '1' },
      args: ['--port', '0'],
    });
    scene.openai.perform(silent());
    expect(await scene.ask(CHAT, chatOf('gpt-4o'))).toMatchObject({
      status: 504,
      json: { error: { code: 'upstream.timeout' } },
    });
    expect(new URL(scene.gateway.url).port).not.toBe('1');
    await scene.close();
  });

  const SHOWN: readonly (readonly [Record<string, string>, Record<string, Record<string, unknown>>])[] = [
    [{ SYNTHLANG_HOST: '127.0.0.3', SYNTHLANG_PORT: '81' }, { server: { host: '127.0.0.3', port: 81 } }],
    [
      { LLM_TIMEOUT: '2.5', SYNTHLANG_LOG_LEVEL: 'CRITICAL' },
      { upstream: { totalTimeoutMs: 2500 }, log: { level: 'error' } },
    ],
    [
      { LITELLM_LOG: 'DEBUG', LITELLM_MAX_RETRIES: '7' },
      { log: { level: 'debug' }, routing: { retriesMax: 7 } },
    ],
    [{ ENABLE_CACHE: '1', CACHE_TTL_SECONDS: '0' }, { cache: { enabled: true, ttlSeconds: 0 } }],
    [{ LOG_LEVEL: 'ERROR', LITELLM_VERBOSE: 'on' }, { log: { level: 'debug' } }],
    [
      { LITELLM_VERBOSE: 'off', LITELLM_ENABLED: 'on' },
      { log: { level: 'info' }, routing: { multiProvider: true } },
    ],
    [
      { LITELLM_ENABLED: '0', PORT: '' },
      { routing: { multiProvider: false }, server: { port: 8000 } },
    ],
    [{ USE_SYNTHLANG: '1', SYNTHLANG_COMPRESSION_LEVEL: 'high' }, { saving: { mode: 'lossless', level: 'high' } }],
    [
      { SYNTHLANG__ROUTING__DROP_PARAMS: 'yes', LITELLM_TIMEOUT: '30' },
      { routing: { dropParams: true }, upstream: { totalTimeoutMs: 30_000 } },
    ],
  ];

  test.each(SHOWN)('%j is understood', async (env, config) => {
    const folder = temporaryFolder('names');
    const { stdout } = await runCommand(['config', 'show', '--json'], { folder, env });
    expect(JSON.parse(stdout)).toMatchObject({ config });
  });

  test('every name of a feature that isn’t here is said at the start, unless it says no', async () => {
    const absent = {
      SYNTHLANG_USE_GZIP: '1',
      SQLITE_PATH: '/CANARY.db',
    };
    const gateway = await startGateway({ env: { ...absent, ENABLE_CACHE: '0', MASK_PII_BEFORE_LLM: 'on' } });
    const said = gateway.stderr.join('\n');
    for (const name of Object.keys(absent)) expect(said).toContain(`${name} is set, but does nothing`);
    expect(said).not.toMatch(/ENABLE_CACHE|MASK_PII_BEFORE_LLM|CANARY/);
    await gateway.stop();
  });

  test('every setting has a name of its own, and a .env file is read, behind what is set already', async () => {
    const folder = temporaryFolder('env');
    writeFileSync(
      join(folder, '.env'),
      'LITELLM_MASTER_KEY=sk-from-dotenv-0123456789\nSYNTHLANG__SERVER__BODY_BYTES_MAX=99999\n',
    );
    const gateway = await startGateway({ folder, env: { SYNTHLANG__SERVER__BODY_BYTES_MAX: '2000' } });
    const headers = { authorization: 'Bearer sk-from-dotenv-0123456789' };
    const ask = (length: number) =>
      send(gateway.url + CHAT, {
        method: 'POST',
        headers,
        body: chatOf('synthlang/echo', { user: 'x'.repeat(length) }),
      });
    expect((await ask(10)).status).toBe(200);
    expect((await ask(3000)).status).toBe(413);
    await gateway.stop();
  });

  test.each([
    [{ PORT: 'x' }, /PORT: server\.port must be a number/],
    [{ LITELLM_ENABLED: 'perhaps' }, /LITELLM_ENABLED.*true\/false/],
    [{ LOG_LEVEL: 'loud' }, /log\.level/],
    [{ LITELLM_MASTER_KEY: 'sk-a', ADMIN_API_KEY: 'sk-b' }, /contradict/],
    [{ LANGFUSE_PUBLIC_KEY: 'pk' }, /LANGFUSE_SECRET_KEY is not/],
    [{ SYNTHLANG__SERVER__PROT: '1' }, /SYNTHLANG__SERVER__PROT names no setting/],
    [{ HOST: '0.0.0.0', LITELLM_MASTER_KEY: 'short' }, /shorter than 16/],
  ])('a mistake in it ends the start with a sentence: %j', async (env, sentence) => {
    await expect(startGateway({ env })).rejects.toThrow(sentence);
  });
});

describe('`config`', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder('config');
    writeFileSync(join(folder, 'good.yaml'), 'access: {masterKey: sk-CANARY-master}\nserver: {port: 81}\n');
    writeFileSync(join(folder, 'bad.yaml'), 'server:\n  prot: 1\n');
    writeFileSync(
      join(folder, 'litellm.yaml'),
      'model_list:\n  - model_name: a\n    litellm_params: {model: openai/a, api_key: os.environ/KEY}\n',
    );
  });
  const config = (...words: string[]) =>
    runCommand(['config', ...words], { folder, env: { LOG_LEVEL: 'warn', KEY: 'sk-CANARY' } });

  test('check approves, and names line, column and the right key of a mistake', async () => {
    const [good, bad] = await Promise.all([config('check', 'good.yaml'), config('check', 'bad.yaml')]);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('good.yaml is good') });
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/bad\.yaml:2:3 {2}server\.prot .*"port"/) });
    await expect(startGateway({ config: 'server:\n  prot: 1\n' })).rejects.toThrow(/config\.yaml:2:3/);
  });

  test('show prints the effective settings and where each comes from, without a secret', async () => {
    const { code, stdout } = await config('show', 'good.yaml');
    expect(code).toBe(0);
    expect(stdout).toMatch(/port: 81 # good\.yaml:2/);
    expect(stdout).toMatch(/level: warn # LOG_LEVEL/);
    expect(stdout).toMatch(/drainMs: 30000 # default/);
    expect(stdout).not.toContain('CANARY');
  });

  test('schema prints JSON Schema, and convert translates LiteLLM’s file into one that is good', async () => {
    const [schema, converted] = await Promise.all([config('schema'), config('convert', 'litellm.yaml')]);
    expect(JSON.parse(schema.stdout)).toMatchObject({ type: 'object', properties: { models: { type: 'array' } } });
    writeFileSync(join(folder, 'converted.yaml'), converted.stdout);
    expect(converted.stdout).not.toContain('CANARY');
    expect(await config('check', 'converted.yaml')).toMatchObject({ code: 0 });
  });

  test('a word that is no command ends with 2', async () => {
    expect(await runCommand(['sevre'], { folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('serve'),
    });
  });
});

test('a port that is taken is said in a sentence', async () => {
  const first = await startGateway();
  await expect(startGateway({ args: ['--port', new URL(first.url).port] })).rejects.toThrow(
    'The port is in use already',
  );
  await first.stop();
});

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommand, startCommand } from '../gateway-process.ts';
import { cutCleanly, endless, html, say } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { openScene, type Scene } from './scene.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let scene: Scene;
let folder: string;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());
beforeEach(() => {
  folder = temporaryFolder('command-line');
});

const run = (words: readonly string[], stdin?: string) =>
  runCommand(words, { folder, ...(stdin === undefined ? {} : { stdin }) });
const named = () => ['--endpoint', scene.gateway.url, '--api-key', scene.gateway.key];
const at = (...words: string[]) => run([...words, ...named()]);
const ECHO = ['--model', 'synthlang/echo'];
const credentials = () => join(folder, '.synthlang/credentials.json');

describe('login', () => {
  test('keeps the key where only its owner reads it, and never says it', async () => {
    const done = await run(['login', '--api-key', '-', '--endpoint', `${scene.gateway.url}/v1/`], scene.gateway.key);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(scene.gateway.url);
    expect(done.stdout).not.toContain(scene.gateway.key);
    expect(statSync(credentials()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, '.synthlang')).mode & 0o777).toBe(0o700);
    expect(await run(['chat', ...ECHO, 'Hello'])).toMatchObject({ code: 0, stdout: 'Hello' });
    expect(await run(['logout'])).toMatchObject({ code: 0 });
    expect(() => statSync(credentials())).toThrow('ENOENT');
    expect(await run(['logout', '--json'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('false') as string,
    });
  });

  test('keeps nothing that the gateway doesn’t know', async () => {
    const done = await run(['login', '--api-key', 'sk-nobodys', '--endpoint', scene.gateway.url]);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(/^invalid_api_key: .*\(request .+\)\n?$/);
    expect(() => statSync(credentials())).toThrow('ENOENT');
  });

  test('a kept key goes to its own gateway alone', async () => {
    await run(['login', '--no-check', '--api-key', scene.gateway.key, '--endpoint', 'http://127.0.0.1:1']);
    expect(JSON.parse(readFileSync(credentials(), 'utf8'))).toEqual({
      endpoint: 'http://127.0.0.1:1',
      api_key: scene.gateway.key,
    });
    const done = await run(['models', '--endpoint', scene.gateway.url]);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('invalid_api_key');
  });
});

describe('chat', () => {
  test('prints the answer, streamed or whole, from words or standard input', async () => {
    expect(await at('chat', ...ECHO, 'Hello there')).toEqual({ code: 0, stdout: 'Hello there', stderr: '' });
    expect(await at('chat', '--no-stream', ...ECHO, 'Hi')).toEqual({ code: 0, stdout: 'Hi', stderr: '' });
    expect(await run(['chat', '-', ...ECHO, ...named()], 'From\nfar\n')).toMatchObject({ stdout: 'From\nfar' });
  });

  test('prints JSON alone, and sends what was said', async () => {
    const before = scene.openai.requests.length;
    const words = ['--model', 'gpt-4o', '--system', 'Be brief.', '--temperature', '0.5', '--max-tokens', '9'];
    const done = await at('chat', '--json', ...words, 'Hello');
    expect(JSON.parse(done.stdout)).toMatchObject({ object: 'chat.completion' });
    const [sent] = scene.openai.requests.slice(before);
    expect(JSON.parse(sent?.body.toString() ?? '')).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      temperature: 0.5,
      max_tokens: 9,
    });
  });

  test('a stream that breaks off fails, whatever was printed of it', async () => {
    scene.openai.perform(behave(say('Hello you there'), cutCleanly({ event: 3 })));
    const done = await at('chat', '--model', 'gpt-4o', 'Hello');
    expect(done).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Hello/) as string });
    expect(done.stderr).toMatch(/^upstream\.\S+: .*\(request .+\)$/);
  });

  test('Ctrl-C ends it with 130, without a word', async () => {
    const { child, said } = await endlessly();
    child.kill('SIGINT');
    expect(await ended(child)).toBe(130);
    expect(said.stderr).toBe('');
  });

  test('a reader that goes away ends it, and nobody is told', async () => {
    const { child, said } = await endlessly();
    child.stdout?.destroy();
    expect(await ended(child)).toBe(0);
    expect(said.stderr).toBe('');
  });

  test('without a gateway it says what to do', async () => {
    const done = await run(['chat', 'Hello', '--endpoint', 'http://127.0.0.1:1']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(
      /^No gateway answers at http:\/\/127\.0\.0\.1:1 \(.+\)\. Start one with "synthlang serve"/,
    );
  });

  test('a page of somebody else’s is no gateway', async () => {
    scene.openai.perform(html());
    const done = await run(['chat', 'Hello', '--endpoint', scene.openai.url]);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(
      /^http\S+ answered 503 with something that no SynthLang gateway says\. Is the endpoint right\?$/,
    );
  });
});

describe('what the gateway has', () => {
  test('models, as a list, alone and as JSON', async () => {
    expect((await at('models')).stdout).toMatch(/^synthlang\/echo +synthlang +- +- +- +0 +0 +-$/m);
    expect((await at('models', 'show', 'synthlang/echo')).stdout).toMatch(/^id +synthlang\/echo$/m);
    expect(JSON.parse((await at('models', 'list', '--json')).stdout)).toMatchObject({ object: 'list' });
    expect(await at('models', 'show', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });

  test('tools, in today’s words and the original’s', async () => {
    expect((await at('tools')).stdout).toMatch(/^calculator +Calculates/m);
    const args = ['--args', '{"expression":"15% of 85.50"}'];
    expect(await at('tools', 'call', 'calculator', ...args)).toEqual({ code: 0, stdout: '12.825', stderr: '' });
    const json = await at('proxy', 'call-tool', '--tool', 'calculator', ...args, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ tool: 'calculator', text: '12.825' });
  });
});

describe('keywords', () => {
  test('are added, changed, shown and taken away', async () => {
    const words = ['-p', 'sum of (?P<expression>[0-9+]+)', '-t', 'calculator', '-d', 'Sums.', '-r', '7', '--disabled'];
    expect(await at('keywords', 'add', 'sums', ...words)).toEqual({ code: 0, stdout: 'Done.', stderr: '' });
    await at('keywords', 'edit', 'sums', '--enable', '-o', 'premium');
    expect(JSON.parse((await at('keywords', 'show', 'sums', '--json')).stdout)).toEqual({
      name: 'sums',
      pattern: 'sum of (?P<expression>[0-9+]+)',
      tool: 'calculator',
      description: 'Sums.',
      priority: 7,
      required_role: 'premium',
      enabled: true,
    });
    expect((await at('keywords')).stdout).toMatch(/^sums +calculator +on, priority 7, premium/m);
    expect(await at('keywords', 'delete', 'sums')).toMatchObject({ code: 0 });
    expect(await at('keywords', 'delete', 'sums')).toMatchObject({ code: 1, stdout: '' });
  });

  test('what was exported can be imported', async () => {
    const { stdout } = await at('keywords', 'export');
    writeFileSync(join(folder, 'keywords.toml'), stdout);
    await at('keywords', 'delete', 'weather_query');
    expect((await at('keywords', 'import', 'keywords.toml')).stdout).toBe('1 added, 0 changed, 3 kept.');
    expect((await at('keywords', 'import', '-o', 'keywords.toml')).stdout).toBe('0 added, 4 changed, 0 kept.');
    expect((await at('keywords', 'export')).stdout).toBe(stdout);
  });

  test('settings are changed by what is named, and "no" means no', async () => {
    await at('keywords', 'update-settings', '-e', 'yes', '-t', '0.5');
    expect((await at('keywords', 'settings')).stdout).toMatch(/enable_detection +true\ndetection_threshold +0\.5/);
    await at('keywords', 'update-settings', '-e', 'false');
    expect((await at('keywords', 'settings')).stdout).toMatch(/enable_detection +false\ndetection_threshold +0\.5/);
  });
});

describe('texts', () => {
  const table = JSON.stringify(Array.from({ length: 40 }, (_, id) => ({ id, name: `name ${id}`, kind: 'a kind' })));

  test.each(['in process', 'by the gateway'])('are compressed and restored %s', async (where) => {
    const more = where === 'in process' ? [] : named();
    const packed = await run(['compress', '-', ...more], `${table}\n`);
    expect(packed.stdout.length).toBeLessThan(table.length);
    expect(packed.stderr).toMatch(/^\d+ → \d+ tokens \(exact\), json-table, lossless$/);
    expect((await run(['decompress', '-', ...more], packed.stdout)).stdout).toBe(table);
    const json: unknown = JSON.parse((await run(['compress', '-', '--json', ...more], table)).stdout);
    expect(json).toMatchObject({ codec: 'json-table', lossless: true, exact: true });
  });

  test('are packed as the original does', async () => {
    const { stdout } = await run(['compress', 'Hello you', '--use-gzip']);
    expect(stdout).not.toBe('Hello you');
    expect((await run(['decompress', stdout, '--use-gzip'])).stdout).toBe('Hello you');
  });

  test('are counted, and an estimate is called one', async () => {
    const { stdout } = await run(['tokens', '-', '--model', 'gpt-4o', 'claude-x'], 'hello world\n');
    expect(stdout).toMatch(/^gpt-4o +2 +exact \(o200k\)\nclaude-x +\d+ +estimate \(claude\)$/);
  });
});

test.each([
  [['chat']],
  [['chat', 'Hello', '--temperature', 'warm']],
  [['chat', 'Hello', '--endpoint', 'ftp://x']],
  [['login']],
  [['tools', 'call', 'calculator', '--args', '[]']],
  [['keywords', 'edit', 'sums']],
  [['keywords', 'update-settings', '-e', 'perhaps']],
  [['compress', 'x', '--level', 'most']],
])('a wrong call ends with 2: %j', async (words) => {
  const done = await run(words);
  expect(done).toMatchObject({ code: 2, stdout: '' });
  expect(done.stderr).not.toBe('');
});

/** A chat that never ends, of which something was heard. */
async function endlessly() {
  scene.openai.perform(endless());
  const child = await startCommand(['chat', 'Hello', '--model', 'gpt-4o', ...named()], { folder });
  const said = { stderr: '' };
  child.stderr?.on('data', (bytes: Buffer) => (said.stderr += bytes.toString()));
  await once(child.stdout ?? child, 'data');
  child.stdout?.resume();
  return { child, said };
}

async function ended(child: ChildProcess): Promise<unknown> {
  const [code] = (await once(child, 'close')) as [unknown];
  scene.openai.perform({});
  return code;
}

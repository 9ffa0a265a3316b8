import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALONE } from '../../../test/gateway-process.ts';
import { startPlainProvider } from '../../../test/plain-provider.ts';
import { KEY, served } from '../../../test/served.ts';
import { runCommand } from '../main.ts';
import { temporaryFolder } from '../../../test/temporary-folder.ts';

/** The clock that `served` shows is turned by hand and stands at its beginning. */
const NOW_MS = Date.UTC(2026, 0, 1);

interface Given {
  readonly words?: readonly string[];
  readonly env?: Record<string, string>;
  readonly nodeVersion?: string;
  readonly nowMs?: number;
  readonly prepare?: (folder: string) => void;
}

interface Found {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly advice?: string;
}

/** What the doctor says of a fresh folder, by the name of each check. */
async function examined({ words = [], env = {}, nodeVersion = '20.19.0', nowMs = NOW_MS, prepare }: Given = {}) {
  const folder = temporaryFolder('doctor');
  prepare?.(folder);
  let said = '';
  const hear = (text: string): void => void (said += text);
  const code = await runCommand(['doctor', '--json', ...words], {
    io: {
      stdout: hear,
      stderr: hear,
      env: () => ({ ...ALONE, SYNTHLANG__SERVER__PORT: '0', ...env }),
      cwd: () => folder,
    },
    stdin: () => process.stdin,
    isTerminal: false,
    onSignal: () => undefined,
    onOutputClosed: () => undefined,
    nowMs: () => nowMs,
    clockMs: () => 0,
    ownWords: [],
    nodeVersion,
  });
  const { checks } = JSON.parse(said) as { checks: readonly Found[] };
  return { code, said, of: (name: string) => checks.find((check) => check.name === name) };
}

test('a machine that is well has no failures, and is told what is missing', async () => {
  const { code, of } = await examined();
  expect(code).toBe(0);
  for (const name of ['node', 'clock', 'config', 'data folder', 'port']) expect(of(name)?.status).toBe('ok');
  expect(of('providers')).toMatchObject({
    status: 'warn',
    advice: expect.stringContaining('OPENAI_API_KEY') as string,
  });
  expect(of('gateway')).toMatchObject({ status: 'warn', advice: expect.stringContaining('serve') as string });
});

test.each([
  ['node', { nodeVersion: '20.9.0' }],
  ['clock', { nowMs: 0 }],
  ['config', { env: { PORT: 'many' } }],
  [
    'data folder',
    { words: ['--data-dir', 'file'], prepare: (folder: string) => writeFileSync(join(folder, 'file'), '') },
  ],
  ['gateway', { words: ['--endpoint', 'http://127.0.0.1:1'] }],
] as const)('%s can fail, and says what to do', async (name, given) => {
  const { code, of } = await examined(given as Given);
  expect(code).toBe(1);
  expect(of(name)).toMatchObject({ status: 'fail', advice: expect.stringMatching(/\w/) as string });
});

test('a data folder that others can read is warned about', async () => {
  const { of } = await examined({
    prepare: (folder) => {
      mkdirSync(join(folder, 'data'));
      chmodSync(join(folder, 'data'), 0o755);
    },
  });
  expect(of('data folder')).toMatchObject({ status: 'warn', advice: expect.stringContaining('chmod 700') as string });
});

test('a port that somebody else has fails, one that the gateway has doesn’t', async () => {
  const { url, clock } = await served();
  const { port } = new URL(url);
  const nowMs = clock.clocks.nowMs();
  const ours = await examined({ words: ['--port', port], nowMs });
  expect(ours.of('port')).toMatchObject({ status: 'ok', message: expect.stringContaining('a gateway') as string });
  const others = await examined({ words: ['--port', port, '--endpoint', 'http://127.0.0.1:1'] });
  expect(others.of('port')).toMatchObject({ status: 'fail', message: expect.stringContaining('EADDRINUSE') as string });
});

test('a gateway that is there is asked for its clock and whether it takes the key', async () => {
  const { url } = await served();
  const good = await examined({ words: ['--endpoint', url, '--api-key', KEY] });
  expect(good.of('gateway')).toMatchObject({ status: 'ok', message: expect.stringContaining('1.2.3') as string });
  expect(good.of('gateway clock')?.status).toBe('warn');
  expect(good.of('key')?.status).toBe('ok');
  const bad = await examined({ words: ['--endpoint', url, '--api-key', 'sk-CANARY'] });
  expect([bad.code, bad.of('key')?.status]).toEqual([1, 'fail']);
  expect(bad.said).not.toContain('CANARY');
});

test('keys of providers are named by their provider, never shown', async () => {
  const { of, said } = await examined({ env: { OPENAI_API_KEY: 'sk-CANARY' } });
  expect(of('providers')).toMatchObject({ status: 'ok', message: 'keys or models for openai' });
  expect(said).not.toContain('CANARY');
});

test('servers with models that answer beside it are named, unless nobody is to look', async () => {
  const ollama = await startPlainProvider();
  ollama.answer = () => ({ json: { models: [{ name: 'llama3.2' }] } });
  const nowhere = 'http://127.0.0.1:1/v1';
  const places = { LM_STUDIO_API_BASE: nowhere, LLAMAFILE_API_BASE: nowhere, HOSTED_VLLM_API_BASE: nowhere };
  const env = { ...places, OLLAMA_HOST: new URL(ollama.url).host, SYNTHLANG__ROUTING__FIND_LOCAL_SERVERS: 'true' };
  const { of } = await examined({ env });
  await ollama.close();
  expect(of('local servers')).toMatchObject({ status: 'ok', message: `Ollama at ${ollama.url} (ollama/llama3.2)` });
  expect(of('providers')).toMatchObject({ status: 'ok', message: expect.stringContaining('ollama') as string });
  expect((await examined({ env })).of('local servers')?.message).toMatch(/^none answers .*Ollama.*vLLM/);
  const asked = ollama.requests.length;
  expect((await examined()).of('local servers')?.message).toMatch(/not looked for/);
  expect(ollama.requests.length).toBe(asked);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { configCommand } from './config.ts';
import { temporaryFolder } from '../../../test/temporary-folder.ts';

/** Runs the command in a fresh folder with the given files. */
function run(args: readonly string[], { files = {}, env = {} }: { files?: object; env?: Record<string, string> } = {}) {
  const folder = temporaryFolder('config-command');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), String(text));
  let [stdout, stderr, exitCode] = ['', '', 0];
  const command = configCommand({
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
    env: () => env,
    cwd: () => folder,
  });
  try {
    command.parse([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    exitCode = thrown.exitCode;
  }
  return { stdout, stderr, exitCode };
}

const LITELLM = [
  'model_list:',
  '  - model_name: a',
  '    litellm_params: {model: openai/a, api_key: os.environ/KEY}',
  'guardrails: []',
  '',
].join('\n');

test('check says that a good file is good, and what in it does nothing', () => {
  const files = { 'a.yaml': 'server: {port: 1}' };
  expect(run(['check', 'a.yaml'], { files, env: { SQLITE_PATH: 'here.db' } })).toEqual({
    stdout:
      'a.yaml is good.\nNot supported: SQLITE_PATH is set, but does nothing here: the database lies in `dataDir`\n',
    stderr: '',
    exitCode: 0,
  });
});

test('check prints file, line, column and the right spelling of each mistake', () => {
  const files = { 'a.yaml': 'server:\n  prot: 1\nlog: {level: warning}\n' };
  expect(run(['check', 'a.yaml'], { files })).toEqual({
    stdout: '',
    stderr: [
      'a.yaml:2:3  server.prot is not a setting (did you mean "port"?)',
      'a.yaml:3:14  log.level must be trace, debug, info, warn, error or silent (did you mean "warn"?)',
      '',
    ].join('\n'),
    exitCode: 1,
  });
});

test('check --json prints the same as JSON', () => {
  const good = run(['check', 'a.yaml', '--json'], { files: { 'a.yaml': 'server: {port: 1}' } });
  expect([JSON.parse(good.stdout), good.exitCode]).toEqual([{ valid: true, problems: [], unsupported: [] }, 0]);
  const bad = run(['check', 'a.yaml', '--json'], { files: { 'a.yaml': 'server:\n  prot: 1\n' } });
  expect(JSON.parse(bad.stdout)).toMatchObject({
    valid: false,
    problems: [{ file: 'a.yaml', line: 2, column: 3, suggestion: 'port' }],
  });
  expect([bad.exitCode, bad.stderr]).toEqual([1, '']);
});

test('check takes LiteLLM’s format as well', () => {
  const { stdout, exitCode } = run(['check', 'a.yaml'], { files: { 'a.yaml': LITELLM }, env: { KEY: 'k' } });
  expect({ stdout, exitCode }).toEqual({ stdout: 'a.yaml is good.\nNot supported: guardrails\n', exitCode: 0 });
});

test('check of a file that isn’t there is invalid', () => {
  expect(run(['check', 'a.yaml'])).toMatchObject({ stderr: 'a.yaml  can’t be read (ENOENT)\n', exitCode: 1 });
});

test('show prints everything with its origin, and hides secrets', () => {
  const files = { 'synthlang.yaml': 'log:\n  level: warn\naccess: {masterKey: sk-secret}\n' };
  const { stdout, exitCode } = run(['show'], { files, env: { PORT: '81', API_KEY: 'sk-other' } });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ {2}level: warn # .*synthlang\.yaml:2$/m);
  expect(stdout).toMatch(/^ {2}port: 81 # PORT$/m);
  expect(stdout).toMatch(/^ {2}host: 127\.0\.0\.1 # default$/m);
  expect(stdout).toMatch(/^ {2}masterKey: "\*\*\*" # .*synthlang\.yaml:3$/m);
  expect(stdout).toMatch(/^ {2}# API_KEY\n {2}apiKeys:$/m);
  expect(stdout).not.toMatch(/sk-(secret|other)/);
});

test('show --json prints the same as JSON', () => {
  const { stdout } = run(['show', '--json'], { env: { LITELLM_MASTER_KEY: 'sk-secret', PORT: '81' } });
  const shown: unknown = JSON.parse(stdout);
  expect(shown).toMatchObject({
    config: { server: { port: 81 }, access: { masterKey: '***' } },
    from: { 'server.port': ['PORT'], 'server.host': ['default'], 'access.masterKey': ['LITELLM_MASTER_KEY'] },
  });
});

test('show of an invalid environment prints the mistake', () => {
  expect(run(['show'], { env: { PORT: 'x' } })).toEqual({
    stdout: '',
    stderr: 'PORT: server.port must be a number\n',
    exitCode: 1,
  });
});

test('schema prints JSON Schema', () => {
  const schema: unknown = JSON.parse(run(['schema']).stdout);
  expect(schema).toMatchObject({ type: 'object', properties: { server: { type: 'object' } } });
});

test('convert prints our format, and lists what didn’t come along', () => {
  expect(run(['convert', 'a.yaml'], { files: { 'a.yaml': LITELLM } })).toEqual({
    stdout: [
      '# Not converted: guardrails',
      'models:',
      '  - name: a',
      '    target: openai/a',
      '    key: env:KEY',
      '',
    ].join('\n'),
    stderr: 'Not converted: guardrails\n',
    exitCode: 0,
  });
});

test.each([[['convert']], [['chek', 'a.yaml']], [['show', '--yaml']], [['check', 'a', 'b']]])(
  'wrong usage ends with 2: %j',
  (args) => {
    const { exitCode, stderr } = run(args);
    expect(exitCode).toBe(2);
    expect(stderr).not.toBe('');
  },
);

test('help is no mistake', () => {
  const { exitCode, stdout } = run(['--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('convert');
});

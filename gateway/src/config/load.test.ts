import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';
import { loadConfig, loadText } from './load.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

const load = (text: string, env: Record<string, string> = {}) => loadText({ file: 'synthlang.yaml', text, env });

function problemsOf(action: () => unknown): readonly ConfigProblem[] {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
  return [];
}

test('without a file, environment or flags everything has its default', () => {
  const { config, format, unsupported } = loadConfig({ env: {} });
  expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8000 });
  expect({ format, unsupported }).toEqual({ format: 'none', unsupported: [] });
});

test('the file wins over defaults, the environment over the file, and flags over the environment', () => {
  const text = 'server: {port: 1, host: file, drainMs: 7}';
  const env = { SYNTHLANG__SERVER__PORT: '2', SYNTHLANG__SERVER__HOST: 'environment' };
  const { config, originsOf } = loadText({ file: 'a.yaml', text, env, flags: { 'server.port': '3' } });
  expect(config.server).toMatchObject({ port: 3, host: 'environment', drainMs: 7, bodyBytesMax: 33_554_432 });
  const origins = ['port', 'host', 'drainMs', 'bodyBytesMax'].map((name) => originsOf(['server', name]));
  expect(origins).toEqual([['command line'], ['SYNTHLANG__SERVER__HOST'], ['a.yaml:1'], ['default']]);
});

test('the result can’t be changed, however deep', () => {
  const { config } = load('models: [{name: a, target: openai/a, headers: {x-a: b}}]');
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.models[0]?.headers)).toBe(true);
});

test('a misspelt key is reported with its line, its column and the right spelling', () => {
  expect(problemsOf(() => load('log:\n  turns: true\nserver:\n  bodyByteMax: 2048\n'))).toEqual([
    {
      path: 'server.bodyByteMax',
      message: 'server.bodyByteMax is not a setting',
      suggestion: 'bodyBytesMax',
      file: 'synthlang.yaml',
      line: 4,
      column: 3,
    },
  ]);
});

test('every mistake is reported, in the order of the file', () => {
  const text = 'port: 5\nlog:\n  level: inf\nmodels:\n  - name: a\n  - {name: b, target: c/d, wieght: 2}\n';
  const found = problemsOf(() => load(text)).map(({ line, message, suggestion }) => [line, message, suggestion]);
  expect(found).toEqual([
    [1, 'port is not a setting', 'server.port'],
    [3, 'log.level must be trace, debug, info, warn, error or silent', 'info'],
    [5, 'models[0].target is missing', undefined],
    [6, 'models[1].wieght is not a setting', 'weight'],
  ]);
});

test.each([
  ['a: [1', 1],
  ['server:\n\tport: 1', 2],
  ['server: {port: 1}\nserver: {port: 2}', 2],
  ['log:\n  turns: true\n  turns: false', 3],
  ['log: *nothing', 1],
  ['a: 1\n---\nb: 2', 2],
  ['log: &x\n  more: *x', 2],
  ['dataDir: !secret x', 1],
  ['- just\n- a list', 1],
])('text that can’t be read is reported with its place: %j', (text, line) => {
  const problems = problemsOf(() => load(text));
  expect(problems[0]).toMatchObject({ file: 'synthlang.yaml', line });
});

test('aliases that would grow without end are refused', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 12; i++)
    lines.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  expect(problemsOf(() => load(lines.join('\n')))[0]?.message).toContain('Excessive alias count');
});

test('a text of more than four mebibytes is refused', () => {
  expect(problemsOf(() => load(`dataDir: ${'x'.repeat(4_194_304)}`))[0]?.message).toContain('longer than');
});

test('a key with nothing after it counts as left out', () => {
  expect(load('server:\nlog:\n  level:\n').config.log.level).toBe('info');
});

test('a secret may be in the environment or in a file', () => {
  const file = join(temporaryFolder('load'), 'key');
  writeFileSync(file, 'from-file\n');
  const text = `access: {masterKey: 'env:KEY'}\nproviders: {openai: {key: 'file:${file}', baseUrl: 'env:URL'}}`;
  const { config } = load(text, { KEY: 'from-environment', URL: 'http://localhost:1/v1' });
  expect(config.access.masterKey).toBe('from-environment');
  expect(config.providers['openai']).toMatchObject({ key: 'from-file', baseUrl: 'http://localhost:1/v1' });
});

test.each([
  ['env:NOWHERE', 'the environment name NOWHERE, which is not set'],
  ['env:EMPTY', 'the environment name EMPTY, which is not set'],
  ['file:/no/such/file', 'the file /no/such/file, which can’t be read (ENOENT)'],
  ['file:relative', 'the file relative, which must be an absolute path'],
])('a reference that leads nowhere names the setting: %s', (reference, what) => {
  const problems = problemsOf(() => load(`models:\n  - {name: a, target: b/c, key: '${reference}'}`, { EMPTY: '' }));
  expect(problems).toMatchObject([{ path: 'models[0].key', message: `models[0].key refers to ${what}`, line: 2 }]);
});

test('a text that is no reference setting is taken as it is', () => {
  expect(load('dataDir: env:HOME').config.dataDir).toBe('env:HOME');
});

test('no message repeats a secret', () => {
  const secret = 'sk-very-secret';
  const text = [
    `access: {masterKey: [${secret}], apiKeys: [{id: a, key: ${secret}}, {id: b, key: ${secret}}]}`,
    `providers: {openai: {key: {a: ${secret}}, baseUrl: ${secret}}}`,
  ].join('\n');
  const problems = problemsOf(() => load(text, { SYNTHLANG__CALLBACKS: secret }));
  expect(problems.length).toBe(5);
  expect(JSON.stringify(problems)).not.toContain(secret);
});

test('two keys can’t share an id', () => {
  const text = 'access:\n  apiKeys:\n    - {id: a, key: x}\n    - {id: a, key: y}\n';
  expect(problemsOf(() => load(text))).toMatchObject([{ path: 'access.apiKeys[1].id', line: 4, column: 12 }]);
});

test('secrets are hidden, wherever they stand', () => {
  const { config } = load(`
access: {masterKey: s1, apiKeys: [{id: visible, key: s2}]}
providers: {openai: {key: s3, headers: {x-a: s4}}}
models: [{name: a, target: b/c, key: s5, headers: {x-b: s6}}]
callbacks:
  - {kind: langfuse, publicKey: s7, secretKey: s8}
  - {kind: webhook, url: 'https://example.org', headers: {x-c: s9}}
`);
  const shown = JSON.stringify(hideSecrets(config));
  expect(shown.match(/\*\*\*/g)?.length).toBe(9);
  expect(shown).not.toMatch(/"s\d"/);
  expect(shown).toContain('visible');
});

test('a flag that names no setting is refused', () => {
  expect(problemsOf(() => loadConfig({ env: {}, flags: { 'server.prot': 1 } }))).toHaveLength(1);
});

test('a file that isn’t there is a mistake, not an empty configuration', () => {
  expect(problemsOf(() => loadConfig({ file: '/no/such.yaml', env: {} }))).toMatchObject([
    { file: '/no/such.yaml', message: 'can’t be read (ENOENT)' },
  ]);
});

test('names from the prototype are only names', () => {
  const { config } = load('routing: {aliases: {constructor: a, toString: b}}');
  expect(Object.entries(config.routing.aliases)).toEqual([
    ['constructor', 'a'],
    ['toString', 'b'],
  ]);
  expect(problemsOf(() => load('constructor: {}'))).toMatchObject([{ path: 'constructor' }]);
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/main.ts';
import { worldFor } from '../command-world.ts';
import { programWords, startCommand } from '../gateway-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface Report {
  readonly scenario: string;
  readonly isCut: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly tables: readonly { readonly columns: readonly { readonly name: string }[]; readonly rows: unknown[][] }[];
}

let ownWords: readonly string[];
beforeAll(async () => {
  ownWords = [process.execPath, ...(await programWords())];
});

function scene() {
  const cwd = temporaryFolder('bench-test');
  const { world, ...heard } = worldFor({ cwd, ownWords });
  return { ...heard, cwd, run: (...words: string[]) => runCommand(['bench', ...words], world) };
}

test.each([
  ['latency', ['--requests', '4']],
  ['throughput', ['--requests', '4', '--concurrency', '4']],
])('bench %s asks a gateway of its own and the provider behind it, and all is answered', async (name, options) => {
  const { run, out } = scene();
  expect(await run(name, '--json', ...options)).toBe(0);
  const { scenario, tables } = JSON.parse(out()) as Report;
  expect(scenario).toBe(name);
  const at = tables[0]?.columns.findIndex((column) => column.name === 'errors') ?? -1;
  expect(tables[0]?.rows.map((row) => [row[0], row[at - 1], row[at]])).toEqual(
    ['gateway', 'direct', 'gateway', 'direct'].map((asked) => [asked, 4, 0]),
  );
  expect(tables[0]?.columns.at(-1)?.name).toContain('× direct');
});

test('bench cache finds what was asked before', async () => {
  const { run, out } = scene();
  expect(
    await run(
      'cache',
      '--json',
      '--requests',
      '20',
      '--concurrency',
      '1',
      '--repeated',
      '0.9',
      '--provider-delay',
      '1',
    ),
  ).toBe(0);
  const { tables } = JSON.parse(out()) as Report;
  const shares = new Map(tables[0]?.rows.map((row) => [row[1], Number(row[2])]));
  expect(shares.get('hit')).toBeGreaterThan(50);
  expect(shares.get('miss')).toBeGreaterThan(0);
});

test('bench compression reads files of one’s own, and writes its report in three forms', async () => {
  const { run, cwd, out } = scene();
  writeFileSync(
    join(cwd, 'mine.json'),
    JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id, name: `n${id}` }))),
  );
  expect(await run('compression', '--file', join(cwd, 'mine.json'), '--output', 'results')).toBe(0);
  expect(out()).toMatch(/mine\.json +medium +\d+ +\d+ +\d+\.\d +exactly +saved/);
  for (const ending of ['json', 'md', 'html'])
    expect(existsSync(join(cwd, 'results', `compression.${ending}`))).toBe(true);
  expect(readFileSync(join(cwd, 'results', 'compression.html'), 'utf8')).toContain('<svg');
});

test('bench compression takes the original’s names, and admits what they do', async () => {
  const { run, cwd, out } = scene();
  const words = [
    '--method',
    'synthlang',
    'medium',
    '--text-type',
    'prose',
    '--sample-size',
    '2',
    '--output-dir',
    'there',
  ];
  expect(await run('compression', '--json', ...words)).toBe(0);
  const { tables } = JSON.parse(out()) as Report;
  const verdicts = tables[0]?.rows.map((row) => [row[0], row[1], row[6]]);
  expect(verdicts).toEqual([
    ['prose', 'legacy-medium', 'longer than before'],
    ['prose', 'medium', 'nothing saved'],
  ]);
  expect(existsSync(join(cwd, 'there', 'compression.md'))).toBe(true);
});

test('bench cost says what a month costs', async () => {
  const { run, out } = scene();
  expect(await run('cost', '--model', 'gpt-4o', '--sample-size', '1', '--format', 'markdown')).toBe(0);
  expect(out()).toMatch(/\| openai\/gpt-4o \| prose \| \d+ \| \d+ \|/);
});

test('bench cost counts requests of one’s own, and those that were asked before', async () => {
  const { run, cwd, out } = scene();
  const asked = (content: string, stream: boolean) =>
    JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }] });
  writeFileSync(join(cwd, 'mine.jsonl'), [asked('one', true), asked('two', false), '', asked('one', false)].join('\n'));
  expect(await run('cost', '--requests-file', 'mine.jsonl', '--model', 'gpt-4o', '--json')).toBe(0);
  const { facts, tables } = JSON.parse(out()) as Report;
  expect(facts?.['asked before, %']).toBe(33.3);
  expect(tables[0]?.rows.map((row) => [row[1], row[2], row.at(-1)])).toEqual([['mine.jsonl', 1, 'by the cache alone']]);
});

test.each([
  ['[1]', 'line 1: it must be a chat request'],
  ['{"messages":[{"role":"user","content":"one"}]}\n{"messages":7}', 'line 2: '],
  ['\n', 'holds no request'],
])('requests of one’s own that are none are a wrong call: %j', async (text, said) => {
  const { run, cwd, err } = scene();
  writeFileSync(join(cwd, 'mine.jsonl'), text);
  expect(await run('cost', '--requests-file', 'mine.jsonl')).toBe(2);
  expect(err()).toContain(said);
});

test.each([
  ['others are asked without a yes', ['latency', '--base-url', 'https://gateway.example/v1'], 'Say --yes'],
  ['there is nobody to compare with', ['latency', '--compare-url', 'http://127.0.0.1:1/v1'], 'needs --base-url'],
  ['a model has no price', ['cost', '--model', 'nobody/knows'], 'No price is known'],
  ['a way to compress is unknown', ['compression', '--method', 'zip'], 'json-table'],
  ['a kind of text is unknown', ['compression', '--kind', 'verse'], 'prose'],
  ['a share is no share', ['cache', '--repeated', '7'], 'from 0 to 1'],
  ['there is no request', ['latency', '--requests', '0'], 'from 1 to'],
])('it is a wrong call when %s', async (_, words, said) => {
  const { run, err } = scene();
  expect(await run(...words)).toBe(2);
  expect(err()).toContain(said);
});

test('how many requests a yes is for is said before', async () => {
  const abroad = ['--base-url', 'https://a.example/v1', '--compare-url', 'https://b.example/v1', '--requests', '20'];
  for (const [name, count] of [
    ['latency', 40],
    ['throughput', 124],
    ['cache', 20],
  ] as const) {
    const { run, err } = scene();
    expect(await run(name, ...abroad, '--concurrency', '64')).toBe(2);
    expect(err()).toContain(`makes ${count} requests to https://a.example/v1 and to https://b.example/v1`);
  }
});

test('Ctrl-C ends the measuring, and what there is is told', async () => {
  const { cwd } = scene();
  const child = await startCommand(['bench', 'compression', '--sample-size', '40', '--json'], { folder: cwd });
  let out = '';
  child.stdout?.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr?.once('data', () => void child.kill('SIGINT'));
  expect(await new Promise((resolve) => void child.once('close', resolve))).toBe(130);
  const { isCut, tables } = JSON.parse(out) as Report;
  expect(isCut).toBe(true);
  expect(tables[0]?.rows.length).toBeGreaterThanOrEqual(7);
});

test('the provider of benches runs alone, until it is told to stop', async () => {
  const { cwd } = scene();
  const child = await startCommand(['bench', 'provider', '--answer-words', '2'], { folder: cwd });
  const url = await new Promise<string>((resolve) => {
    let said = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const found = /serves on (\S+) /.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{"model":"m"}' });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: ' word word' } }] });
  child.kill('SIGINT');
  expect(await new Promise((resolve) => void child.once('close', resolve))).toBe(0);
});

test('a gateway that doesn’t answer is counted as errors, and the bench has failed', async () => {
  const { run, out } = scene();
  expect(await run('latency', '--base-url', 'http://127.0.0.1:1/v1', '--requests', '2', '--json')).toBe(1);
  expect((JSON.parse(out()) as Report).tables[0]?.rows.map((row) => row.slice(2, 4))).toEqual([
    [0, 2],
    [0, 2],
  ]);
});

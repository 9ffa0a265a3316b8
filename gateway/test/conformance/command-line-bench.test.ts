import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../src/cli/main.ts';
import { worldFor } from '../command-world.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface Report {
  readonly scenario: string;
  readonly tables: readonly { readonly columns: readonly { readonly name: string }[]; readonly rows: unknown[][] }[];
}

function scene() {
  const cwd = temporaryFolder('bench-test');
  const { world, ...heard } = worldFor({ cwd });
  return { ...heard, cwd, run: (...words: string[]) => runCommand(['bench', ...words], world) };
}

test.each([
  ['latency', ['--requests', '4'], 2],
  ['throughput', ['--requests', '4', '--concurrency', '4'], 2],
])('bench %s asks a gateway of its own, and every request is answered', async (name, options, rows) => {
  const { run, out } = scene();
  expect(await run(name, '--json', ...options)).toBe(0);
  const { scenario, tables } = JSON.parse(out()) as Report;
  expect(scenario).toBe(name);
  const at = tables[0]?.columns.findIndex((column) => column.name === 'errors') ?? -1;
  expect(tables[0]?.rows.map((row) => [row[at - 1], row[at]])).toEqual(Array.from({ length: rows }, () => [4, 0]));
});

test('bench cache finds what was asked before', async () => {
  const { run, out } = scene();
  expect(await run('cache', '--json', '--requests', '20', '--concurrency', '1', '--repeated', '0.9')).toBe(0);
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
  expect(out()).toMatch(/mine\.json +medium +\d+ +\d+ +\d+\.\d +yes +saved/);
  for (const ending of ['json', 'md', 'html'])
    expect(existsSync(join(cwd, 'results', `compression.${ending}`))).toBe(true);
  expect(readFileSync(join(cwd, 'results', 'compression.html'), 'utf8')).toContain('<svg');
});

test('bench cost says what a month costs', async () => {
  const { run, out } = scene();
  expect(await run('cost', '--model', 'gpt-4o', '--sample-size', '1', '--format', 'markdown')).toBe(0);
  expect(out()).toMatch(/\| openai\/gpt-4o \| prose \| \d+ \| \d+ \|/);
});

test.each([
  ['others are asked without a yes', ['latency', '--base-url', 'https://gateway.example/v1'], 'Say --yes'],
  ['there is nobody to compare with', ['latency', '--compare-url', 'http://127.0.0.1:1/v1'], 'needs --base-url'],
  ['a model has no price', ['cost', '--model', 'nobody/knows'], 'No price is known'],
  ['a share is no share', ['cache', '--repeated', '7'], 'from 0 to 1'],
  ['there is no request', ['latency', '--requests', '0'], 'from 1 to'],
])('it is a wrong call when %s', async (_, words, said) => {
  const { run, err } = scene();
  expect(await run(...words)).toBe(2);
  expect(err()).toContain(said);
});

test('a gateway that doesn’t answer is counted as errors', async () => {
  const { run, out } = scene();
  expect(await run('latency', '--base-url', 'http://127.0.0.1:1/v1', '--requests', '2', '--json')).toBe(0);
  expect((JSON.parse(out()) as Report).tables[0]?.rows.map((row) => row.slice(2, 4))).toEqual([
    [0, 2],
    [0, 2],
  ]);
});

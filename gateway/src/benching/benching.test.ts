import { describe, expect, test } from 'vitest';
import { compressors, legacyCompressors, legacyDecompress } from '../compressors/index.ts';
import type { SaveRequest } from '../model/compressed-text.ts';
import { rateOf } from '../model/price.ts';
import { requestSaving } from '../saving/saved-request.ts';
import { textCompression } from '../saving/text-compression.ts';
import { tokenCounter } from '../tokens/count.ts';
import { type Asked, askMany } from './asking.ts';
import { benchCompression } from './compression.ts';
import type { BenchPorts, BenchReport } from './contract.ts';
import { benchCost, type Workload } from './cost.ts';
import { conversationsOf, samplesOf } from './samples.ts';
import { complaints, problemOf, timesOf } from './times.ts';

const texts = textCompression({ compressors, legacy: legacyCompressors, legacyDecompress, counterFor: tokenCounter });
const save = requestSaving({ compressors, counterFor: tokenCounter });

function ports(signal = new AbortController().signal) {
  let at = 0;
  const told: string[] = [];
  const made: BenchPorts = { signal, onProgress: (text) => void told.push(text), clockMs: () => (at += 1) };
  return { made, told };
}

const cell = ({ tables }: BenchReport, kind: string, way: string) =>
  tables[0]?.rows.find((row) => row[0] === kind && row[1] === way);

test('the same seed makes the same texts, another one others', () => {
  expect(samplesOf(7, 2)).toEqual(samplesOf(7, 2));
  expect(samplesOf(7, 2)).not.toEqual(samplesOf(8, 2));
  expect(samplesOf(7, 2).every((one) => one.texts.length === (one.isOneConversation ? 16 : 2))).toBe(true);
});

test('what is saved is said, and what is not as well', async () => {
  const { made, told } = ports();
  const samples = samplesOf(1, 1);
  const ways = ['medium', 'high', 'legacy-high', 'legacy-gzip'];
  const report = await benchCompression({ samples, origin: 'seed', model: 'gpt-4o', ways, texts, save }, made);
  expect(cell(report, 'tool: orders', 'medium')).toMatchObject({ 5: 'same value', 6: 'saved' });
  expect(Number(cell(report, 'tool: orders', 'medium')?.[4])).toBeGreaterThan(40);
  expect(cell(report, 'prose', 'high')).toMatchObject({ 4: 0, 5: 'exactly', 6: 'nothing saved' });
  expect(cell(report, 'prose', 'legacy-high')?.[6]).toBe('longer than before');
  expect(cell(report, 'log: access', 'legacy-gzip')?.[6]).toBe('no model can read it');
  expect(told).toHaveLength(samples.length);
  expect(report).toMatchObject({ isCut: false, problem: undefined });
});

test('every way is summed up in words, what it does not save first of all', async () => {
  const samples = samplesOf(2, 1).filter(({ kind }) => ['prose', 'log: hdfs', 'instructions'].includes(kind));
  const { tables, remarks } = await benchCompression(
    { samples, origin: 'seed', model: 'gpt-4o', ways: ['medium', 'legacy-medium'], texts, save },
    ports().made,
  );
  expect(remarks[0]).toMatch(/^medium: \d+\.\d % fewer tokens; saved\. Nothing saved on prose, instructions\.$/);
  expect(remarks[1]).toMatch(/^legacy-medium: .*Longer: .*prose, instructions\.$/);
  const [medium] = tables[1]?.rows ?? [];
  const rows = tables[0]?.rows.filter((row) => row[1] === 'medium') ?? [];
  for (const at of [2, 3]) expect(medium?.[at]).toBe(rows.reduce((sum, row) => sum + Number(row[at]), 0));
});

test('what was read before is said once, and comes back', async () => {
  const samples = samplesOf(3, 1).filter(({ isOneConversation }) => isOneConversation);
  const report = await benchCompression(
    { samples, origin: 'seed', model: 'gpt-4o', ways: ['low', 'medium'], texts, save },
    ports().made,
  );
  expect(cell(report, 'files read again', 'low')).toMatchObject({ 6: 'nothing saved' });
  expect(cell(report, 'files read again', 'medium')).toMatchObject({ 5: 'exactly', 6: 'saved' });
});

test('a level that loses something is a problem', async () => {
  const samples = samplesOf(4, 1).filter(({ kind }) => kind === 'code');
  const lossy: SaveRequest = async (...asked) => ({ ...(await save(...asked)), comesBack: 'no' });
  const wish = { samples, origin: 'seed', model: 'gpt-4o', ways: ['high'], texts };
  expect((await benchCompression({ ...wish, save: lossy }, ports().made)).problem).toContain('"high"');
  expect((await benchCompression({ ...wish, save }, ports().made)).problem).toBeUndefined();
});

test('a bench that is ended says what it has, and that it was ended', async () => {
  const stop = new AbortController();
  const { made } = ports(stop.signal);
  const onProgress = (): void => stop.abort();
  const wish = {
    samples: samplesOf(1, 1),
    origin: 'seed',
    model: 'gpt-4o',
    ways: ['low', 'medium', 'high'],
    texts,
    save,
  };
  const report = await benchCompression(wish, { ...made, onProgress });
  expect(report).toMatchObject({ isCut: true });
  expect(report.tables[0]?.rows).toHaveLength(3);
});

describe('a month', () => {
  const price = { input: rateOf(1e-6), output: rateOf(2e-6) };
  const wish = { models: [{ name: 'openai/gpt-4o', price }], requestsPerMonth: 1000, outputTokens: 10, save };
  const requests = conversationsOf({ kind: 'mine', texts: ['one two three', 'one two three four'] });
  const month = async (workload: Workload, repeatedShare = 0.5) =>
    (await benchCost({ ...wish, workloads: [workload], repeatedShare }, ports().made)).tables[0]?.rows[0]?.slice(2);

  test('costs what its tokens cost', async () => {
    // 3 tokens in and 10 out are 23 millionths of a dollar, 4 in are 24.
    const row = await month({ kind: 'mine', requests });
    expect(row?.slice(0, 2)).toEqual([4, 4]);
    for (const [at, dollars] of [0.0235, 0.0235, 0.01175, 0.01175].entries())
      expect(row?.[2 + at]).toBeCloseTo(dollars, 10);
    expect(row?.slice(6)).toEqual([50, 'by the cache alone']);
  });

  test('is not paid for what was counted as asked before, whatever was assumed', async () => {
    const row = await month({ kind: 'mine', requests, repeats: [false, true] });
    expect(row?.[4]).toBeCloseTo(0.0115, 10);
  });

  test('in which nothing is saved says so', async () => {
    expect((await month({ kind: 'mine', requests }, 0))?.slice(6)).toEqual([0, 'nothing saved']);
  });

  test('is cheaper by token saving as well', async () => {
    const logs = samplesOf(1, 1).filter(({ kind }) => kind === 'log: hdfs');
    const row = await month({ kind: 'logs', requests: logs.flatMap(conversationsOf) });
    expect(row?.[7]).toBe('by both');
    expect(Number(row?.[3])).toBeLessThan(Number(row?.[2]));
  });
});

const asked = (totalMs: number, error?: string): Asked => ({
  firstMs: totalMs / 2,
  firstWordMs: undefined,
  totalMs,
  outputTokens: 1,
  cache: undefined,
  error,
});

test('times are those of the answers that came', () => {
  const times = timesOf([asked(30), asked(10), asked(20), asked(9999, 'status 500')]);
  expect(times.slice(0, 3)).toEqual([3, 1, 20]);
  expect(times[5]).toBe(10);
  expect(timesOf([asked(1, 'gone')])).toEqual([0, 1, undefined, undefined, undefined, undefined, undefined]);
});

test('what failed is told with the first reason, and nothing else is no measurement', () => {
  const all = [asked(1), asked(1, 'status 500'), asked(1, 'status 429')];
  expect(complaints('gateway', all)).toEqual(['gateway: 2 of 3 failed; the first: status 500.']);
  expect(complaints('gateway', [asked(1)])).toEqual([]);
  expect([problemOf(all), problemOf([]), problemOf(all.slice(1))]).toEqual([
    undefined,
    undefined,
    'Nothing was answered.',
  ]);
});

test('never more are on their way than was said, and all are asked', async () => {
  let [open, most] = [0, 0];
  const done = await askMany(
    20,
    3,
    async (at) => {
      most = Math.max(most, (open += 1));
      await Promise.resolve();
      open -= 1;
      return asked(at);
    },
    new AbortController().signal,
  );
  expect(done.map(({ totalMs }) => totalMs).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, at) => at),
  );
  expect(most).toBe(3);
});

import { expect, test } from 'vitest';
import { bodyOf } from './cases.ts';
import { median, quantile } from '../../src/benching/figures.ts';
import { figureOf } from './figures.ts';
import { cpuUs, processTree, residentBytes } from './process-cost.ts';
import { summarize } from './summary.ts';
import type { Cell } from './rounds.ts';

test('a quantile lies between its neighbours, and the median of an even number too', () => {
  expect(quantile([1, 2, 3, 4, 5], 0.99)).toBeCloseTo(4.96);
  expect([median([9, 1]), median([3, 1, 2])]).toEqual([5, 2]);
  expect(median([])).toBeNaN();
});

test('rounds without a number are left out, and no number at all is no figure', () => {
  expect(figureOf([3, undefined, Number.NaN, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(figureOf([undefined])).toBeUndefined();
});

function cell(round: number, system: string, cpuUsPerRequest: number, p50Ms: number): Cell {
  const times = { p50Ms, p99Ms: p50Ms * 2, first50Ms: p50Ms, first99Ms: p50Ms };
  const load = { requests: 10, errors: 0, firstError: undefined, wallMs: 1000, ...times };
  return { round, case: 'c', system, load, cpuUsPerRequest, generatorBusy: 0.1 };
}

test('ratios and differences are made within a round, so that a slow round does not count twice', () => {
  const cells = [
    [cell(1, 'ours', 40, 3), cell(1, 'nginx', 20, 2), cell(1, 'direct', 1, 1)],
    [cell(2, 'ours', 400, 30), cell(2, 'nginx', 200, 20), cell(2, 'direct', 1, 10)],
  ].flat();
  const rows = summarize(cells, ['direct', 'nginx', 'ours']);
  expect(rows.map(({ system }) => system)).toEqual(['direct', 'nginx', 'ours']);
  expect(rows[2]).toMatchObject({
    cpuToNginx: { median: 2, min: 2, max: 2 },
    addedP50Ms: { median: 11, min: 2, max: 20 },
    perSecond: { median: 10 },
  });
});

test.each([1024, 20 * 1024])('a request body of %i bytes is about that long and asks for the model', (bytes) => {
  const body = bodyOf('m', true, bytes);
  expect(Math.abs(Buffer.byteLength(body) - bytes)).toBeLessThan(bytes / 20);
  expect(JSON.parse(body)).toMatchObject({ model: 'm', stream: true });
});

test.each(['schedstat', 'ticks'] as const)('the time this process works is counted by %s', (clock) => {
  const before = cpuUs(process.pid, clock);
  const until = performance.now() + 100;
  while (performance.now() < until) JSON.stringify(process.versions);
  expect(cpuUs(process.pid, clock) - before).toBeGreaterThan(20_000);
  expect(processTree(process.ppid)).toContain(process.pid);
  expect(residentBytes(process.pid)).toBeGreaterThan(10_000_000);
});

import { expect, test } from 'vitest';
import { Histogram, Registry } from 'prom-client';
import { record } from '../../test/support.ts';
import { DURATION_BOUNDS_SECONDS, Durations } from './durations.ts';
import { openMetrics } from './metrics.ts';

async function numbers(metrics: ReturnType<typeof openMetrics>): Promise<Map<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const LABELS = 'model="the-model",provider="acme",status="200",end="finished"';

test('turns, tokens and attempts are counted', async () => {
  const metrics = openMetrics(() => 0);
  metrics.turn(record());
  metrics.turn(record({ usage: undefined, attempts: [] }));
  const counted = await numbers(metrics);
  expect(counted.get(`synthlang_requests_total{${LABELS}}`)).toBe(2);
  expect(counted.get(`synthlang_input_tokens_total{${LABELS}}`)).toBe(11);
  expect(counted.get(`synthlang_output_tokens_total{${LABELS}}`)).toBe(7);
  expect(counted.get(`synthlang_upstream_attempts_total{${LABELS}}`)).toBe(1);
});

test('what the cache answered is counted, and takes no tokens', async () => {
  const metrics = openMetrics(() => 0);
  metrics.turn(record({ cache: 'miss' }));
  metrics.turn(record({ cache: 'hit' }));
  metrics.turn(record({ cache: 'semantic' }));
  const counted = await numbers(metrics);
  expect(counted.get(`synthlang_input_tokens_total{${LABELS}}`)).toBe(11);
  expect(counted.get('synthlang_cache_total{use="hit"}')).toBe(1);
  expect(counted.get('synthlang_cache_total{use="miss"}')).toBe(1);
});

test('counters go on from scrape to scrape', async () => {
  const metrics = openMetrics(() => 0);
  for (const expected of [1, 2, 3]) {
    metrics.turn(record());
    expect((await numbers(metrics)).get(`synthlang_requests_total{${LABELS}}`)).toBe(expected);
  }
});

test('how long turns took, and until their first output, is spread over buckets', async () => {
  const metrics = openMetrics(() => 0);
  metrics.turn(record({ durationMs: 1500, firstOutputMs: 80 }));
  metrics.turn(record({ durationMs: 20, firstOutputMs: undefined }));
  const counted = await numbers(metrics);
  expect(counted.get('synthlang_request_duration_seconds_bucket{le="0.025"}')).toBe(1);
  expect(counted.get('synthlang_request_duration_seconds_count')).toBe(2);
  expect(counted.get('synthlang_request_duration_seconds_sum')).toBeCloseTo(1.52);
  expect(counted.get('synthlang_request_duration_seconds_bucket{le="1"}')).toBe(1);
  expect(counted.get('synthlang_request_duration_seconds_bucket{le="2.5"}')).toBe(2);
  expect(counted.get('synthlang_request_duration_seconds_bucket{le="+Inf"}')).toBe(2);
  expect(counted.get('synthlang_first_output_seconds_count')).toBe(1);
});

test('what is being answered now is asked for at the scrape', async () => {
  let inFlight = 3;
  const metrics = openMetrics(() => inFlight);
  expect((await numbers(metrics)).get('synthlang_requests_in_flight')).toBe(3);
  inFlight = 0;
  expect((await numbers(metrics)).get('synthlang_requests_in_flight')).toBe(0);
});

test('names that callers invent are counted together', async () => {
  const metrics = openMetrics(() => 0);
  for (let at = 0; at < 50; at += 1)
    metrics.turn(record({ model: `invented-${at}`, provider: undefined, attempts: [], status: 404, end: 'failed' }));
  const text = await metrics.text();
  expect(text).not.toContain('invented');
  expect(text).toContain('synthlang_requests_total{model="other",provider="none",status="404",end="failed"} 50');
});

test('a failure belongs to the one who was asked last', async () => {
  const metrics = openMetrics(() => 0);
  metrics.turn(record({ provider: undefined, status: 503, end: 'failed' }));
  expect(await metrics.text()).toContain('{model="other",provider="acme",status="503",end="failed"} 1');
});

test('even names that are answered have a limit', async () => {
  const metrics = openMetrics(() => 0);
  for (let at = 0; at < 1200; at += 1) metrics.turn(record({ model: `answered-${at}` }));
  const text = await metrics.text();
  expect(text.match(/synthlang_requests_total\{/g)).toHaveLength(1001);
  expect(text).toContain('synthlang_requests_total{model="other",provider="acme",status="200",end="finished"} 200');
});

test('a model’s name can’t break the format', async () => {
  const metrics = openMetrics(() => 0);
  metrics.turn(record({ model: 'a"}\nforged 1\\' }));
  expect((await metrics.text()).split('\n').some((line) => line.startsWith('forged'))).toBe(false);
});

test('each gateway counts for itself', async () => {
  const [one, two] = [openMetrics(() => 0), openMetrics(() => 0)];
  one.turn(record());
  expect((await numbers(two)).get(`synthlang_requests_total{${LABELS}}`)).toBeUndefined();
});

test('durations are written as the library writes its own histograms', async () => {
  const registry = new Registry();
  const name = { name: 'how_long_seconds', help: 'How long.' };
  const ours = new Durations(name, registry);
  const theirs = new Histogram({ ...name, buckets: [...DURATION_BOUNDS_SECONDS], registers: [new Registry()] });
  for (const seconds of [0, 0.005, 0.0051, 1, 299, 300, 301, 10_000]) {
    ours.observe(seconds);
    theirs.observe(seconds);
  }
  const reference = new Registry();
  reference.registerMetric(theirs);
  expect(await registry.metrics()).toBe(await reference.metrics());
});

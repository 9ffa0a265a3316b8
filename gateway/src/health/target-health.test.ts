import { expect, test } from 'vitest';
import { BREAKER_SETTINGS } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import { HealthBook } from './health-book.ts';
import { TargetHealth } from './target-health.ts';

const fresh = () => new TargetHealth(() => BREAKER_SETTINGS);
const spent = { tokens: 30, outputTokens: 10, stream: false, answeredMs: 500, durationMs: 500 };

test('a visit is in flight until it ends, and ends once', () => {
  const health = fresh();
  const [first] = [health.visit(0), health.visit(0)];
  expect(health.inFlight).toBe(2);
  first?.end(undefined, 10);
  first?.end(undefined, 20);
  expect(health.inFlight).toBe(1);
});

test('requests and tokens are counted by the minute', () => {
  const health = fresh();
  health.visit(1000);
  health.spent(spent, 2000);
  expect([health.requestsThisMinute(60_000), health.tokensThisMinute(60_000)]).toEqual([1, 30]);
  expect([health.requestsThisMinute(62_000), health.tokensThisMinute(62_000)]).toEqual([0, 0]);
});

test('how fast it is, is told per token of a whole answer, and to the first output of a stream', () => {
  const health = fresh();
  health.spent(spent, 1000);
  expect([health.msPerToken(1000), health.firstOutputMs(1000)]).toEqual([50, undefined]);
  health.spent({ ...spent, stream: true, answeredMs: 200, durationMs: 700 }, 1000);
  expect([health.msPerToken(1000), health.firstOutputMs(1000)]).toEqual([50, 200]);
});

test('what is old is forgotten, and an answer without output says nothing', () => {
  const health = fresh();
  health.spent(spent, 1000);
  health.spent({ ...spent, outputTokens: 0, answeredMs: 1e6 }, 2000);
  expect([health.msPerToken(61_000), health.msPerToken(61_001)]).toEqual([50, undefined]);
});

test('a time that ran out counts as slow', () => {
  const health = fresh();
  health.spent(spent, 1000);
  health.visit(1000).end(new GatewayError('upstream.timeout', 'late'), 61_000);
  expect(health.msPerToken(61_000)).toBeGreaterThan(10_000);
});

test('the book knows each target by its id, and lets go of idle ones when there are too many', () => {
  const book = new HealthBook(BREAKER_SETTINGS);
  const busy = book.of('busy');
  busy.visit(0);
  for (let target = 0; target < 10_000; target += 1) book.of(`target-${target}`);
  expect(book.of('busy')).toBe(busy);
  expect([...book.all()].length).toBeLessThan(10);
});

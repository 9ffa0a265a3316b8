import { expect, test } from 'vitest';
import { ask, failureOf, handTurned, trailOf, turn, USAGE } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { Attempt, Outcome } from '../model/turn.ts';
import type { Step } from '../stages/contract.ts';

const FINISHED: Outcome = { end: 'finished', usage: USAGE, usageEstimated: false, error: undefined, blind: false };
const broke = new GatewayError('upstream.overloaded', 'busy');
const FAILED: Outcome = { ...FINISHED, end: 'failed', usage: undefined, error: broke };

function stage(name: string, step: Step | Error) {
  return {
    name,
    run: () => {
      if (step instanceof Error) throw step;
      return step;
    },
  };
}

test('a turn closes once and gives one record', async () => {
  const { trail, records } = trailOf();
  await Promise.all([trail.close(FINISHED), trail.close(FAILED), trail.close(FAILED)]);
  expect(records.map(({ end }) => end)).toEqual(['finished']);
});

test('stages tidy up once, last in first out, and each hears the outcome', async () => {
  const heard: unknown[] = [];
  const { trail } = trailOf();
  for (const name of ['a', 'b', 'c'])
    await trail.enter(stage(name, { onDone: (outcome) => void heard.push([name, outcome]) }), trail.turn);
  await trail.close(FINISHED);
  await trail.close(FINISHED);
  const end = { ...FINISHED, attempts: [], notices: [] };
  expect(heard).toEqual([
    ['c', end],
    ['b', end],
    ['a', end],
  ]);
});

test('stages hear who was asked, and what that brought up', async () => {
  const heard: unknown[] = [];
  const { trail } = trailOf(turn({ warnings: ['of the caller'] }));
  await trail.enter(stage('a', { onDone: (end) => void heard.push(end), warnings: ['of a stage'] }), trail.turn);
  const attempt = { target: 'p/m', provider: 'p', model: 'm', fallback: 0, ms: 1, error: undefined };
  trail.attempted(attempt);
  trail.noticed('dropped seed');
  await trail.close(FINISHED);
  expect(heard).toMatchObject([{ attempts: [attempt], notices: ['dropped seed'] }]);
  expect(trail.warnings).toEqual(['of the caller', 'of a stage', 'dropped seed']);
});

test('a stage that fails to tidy up is noted, and doesn’t stop the others', async () => {
  const { trail, records } = trailOf();
  const heard: string[] = [];
  await trail.enter(stage('a', { onDone: () => void heard.push('a') }), trail.turn);
  await trail.enter(stage('b', { onDone: () => Promise.reject(new Error('store is down')) }), trail.turn);
  await trail.close(FINISHED);
  expect(heard).toEqual(['a']);
  expect(records[0]).toMatchObject({ end: 'finished' });
  expect(JSON.stringify(records[0]?.trail)).toContain('store is down');
});

test('what each stage did stands in the record, with its time and note', async () => {
  const clock = handTurned();
  const { trail, records } = trailOf(turn(), clock.clocks);
  const slow = { name: 'slow', run: () => (clock.pass(5), { note: { hit: false } }) };
  await trail.enter(slow, trail.turn);
  await trail.enter(stage('changing', { request: ask().look() }), trail.turn);
  await failureOf(trail.enter(stage('refusing', broke), trail.turn));
  await trail.close(FAILED);
  expect(records[0]?.trail).toEqual([
    { stage: 'slow', did: 'passed', ms: 5, note: { hit: false } },
    { stage: 'changing', did: 'changed', ms: 0, note: undefined },
    { stage: 'refusing', did: 'refused', ms: 0, note: undefined },
  ]);
});

interface Seen {
  readonly what: string;
  readonly outcome: Outcome;
  readonly stream?: boolean;
  readonly begun?: boolean;
  readonly status: number;
}

const refused = new GatewayError('upstream.refused', 'x', { status: 418 });

test.each<Seen>([
  { what: 'an answer', outcome: FINISHED, status: 200 },
  { what: 'an answer in one piece', outcome: FINISHED, stream: false, status: 200 },
  { what: 'a failure before anything was said', outcome: FAILED, begun: false, status: 503 },
  { what: 'a failure in the middle of a stream', outcome: FAILED, status: 200 },
  { what: 'a failure before an answer in one piece was complete', outcome: FAILED, stream: false, status: 503 },
  { what: 'a caller that went away', outcome: { ...FAILED, end: 'cancelled' }, status: 499 },
  { what: 'a provider’s own status', outcome: { ...FAILED, error: refused }, begun: false, status: 418 },
])('the status of $what is what the caller saw', async ({ outcome, stream = true, begun = true, status }) => {
  const { trail, records } = trailOf(turn({ ask: ask({ stream }) }));
  if (begun) trail.committed();
  await trail.close(outcome);
  expect(records[0]?.status).toBe(status);
});

test('the record says who answered, and nobody when nobody did', async () => {
  const attempt = { target: 'a/m', provider: 'a', model: 'm', fallback: 0, ms: 3, error: broke };
  const lost = trailOf();
  lost.trail.attempted(attempt);
  await lost.trail.close(FAILED);
  expect(lost.records[0]).toMatchObject({ provider: undefined, upstreamModel: undefined, attempts: [attempt] });
  const won = trailOf();
  won.trail.attempted(attempt);
  won.trail.attempted({ ...attempt, provider: 'b', fallback: 1, error: undefined });
  await won.trail.close(FINISHED);
  expect(won.records[0]).toMatchObject({ provider: 'b', upstreamModel: 'm' });
});

test('times are measured from the turn’s beginning', async () => {
  const clock = handTurned(5000);
  const { trail, records } = trailOf(turn(), clock.clocks);
  clock.pass(10);
  trail.attempted({ target: 'a/m', provider: 'a', model: 'm', fallback: 0, ms: 7, error: undefined });
  trail.committed();
  expect(trail.overheadMs()).toBe(3);
  clock.pass(20);
  trail.committed();
  await trail.close(FINISHED);
  expect(records[0]).toMatchObject({ startedAt: 5000, durationMs: 30, firstOutputMs: 10 });
});

test('warnings of the turn and of the way are told together', async () => {
  const { trail, records } = trailOf(turn({ warnings: ['first'] }));
  trail.noticed('second');
  await trail.close(FINISHED);
  expect([trail.warnings, records[0]?.warnings]).toEqual([
    ['first', 'second'],
    ['first', 'second'],
  ]);
});

test('what a turn cost is known when it closes, to the stages and in the record', async () => {
  const price = { input: { base: 1_000_000 }, output: { base: 2_000_000 } };
  const won = { target: 'acme/m', provider: 'acme', model: 'm', fallback: 0, ms: 1, error: undefined, price };
  const costs = async (...attempts: readonly Attempt[]) => {
    const { trail, records } = trailOf();
    const heard: unknown[] = [];
    await trail.enter(stage('a', { onDone: (_, cost) => void heard.push(cost) }), trail.turn);
    for (const attempt of attempts) trail.attempted(attempt);
    await trail.close({ ...FINISHED, usage: { inputTokens: 10, outputTokens: 5 } });
    expect([heard[0], trail.cost]).toEqual([records[0]?.cost, records[0]?.cost]);
    return records[0]?.cost;
  };
  expect(await costs(won)).toEqual({ nanousd: 20_000 });
  expect(await costs({ ...won, error: broke }, won)).toEqual({ nanousd: 20_000 });
  expect(await costs({ ...won, price: undefined })).toEqual({ nanousd: 0, note: 'no price is known for its model' });
  expect(await costs(won, { ...won, error: broke })).toBeUndefined();
  const outrun = { ...won, error: new GatewayError('upstream.outrun', 'later'), hedge: true };
  expect(await costs(outrun, won)).toEqual({ nanousd: 30_000, note: expect.stringContaining('asked beside') });
  expect(await costs()).toBeUndefined();
});

import { expect, test } from 'vitest';
import {
  answerOf,
  ATTEMPT_SETTINGS,
  BREAKER_SETTINGS,
  deployment,
  failureOf,
  fakeTransport,
  frameList,
  handTurned,
  provider,
  said,
  settled,
  textOf,
  turn,
} from '../../test/support.ts';
import { HealthBook } from '../health/health-book.ts';
import { RetryBudget } from '../health/retry-budget.ts';
import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Attempt, Outcome, Turn } from '../model/turn.ts';
import type { UpstreamResponse } from '../model/upstream.ts';
import type { Deployment } from './deployment.ts';
import { dispatch, type DispatchSettings } from './dispatch.ts';

const SETTINGS: DispatchSettings = {
  ...ATTEMPT_SETTINGS,
  headersTimeoutMs: 60_000,
  firstOutputTimeoutMs: 60_000,
  totalTimeoutMs: 60_000,
  retriesMax: 1,
  attemptsMax: 3,
  backoffMinMs: 0,
  backoffMaxMs: 0,
  retryAfterMaxMs: 0,
  retryBudgetShare: 0,
  retryBudgetPerSecondMin: 10,
  hedgeAfterMs: () => 1000,
};
const FINISHED: Outcome = {
  end: 'finished',
  usage: undefined,
  usageEstimated: false,
  error: undefined,
  blind: false,
};

const named = (id: string): Deployment => deployment({ provider: provider({ id }), model: id, id });
const ok = (text: string): UpstreamResponse => answerOf(frameList(said(text)));
const fail = (): UpstreamResponse => answerOf(['{}'], { status: 500 });

/** A target that answers when it is told to, and knows whether anybody still wants it. */
function slowTarget() {
  let answer: (response: UpstreamResponse) => void = () => undefined;
  let told: Cancellation | undefined;
  const ask = (cancellation: Cancellation): Promise<UpstreamResponse> => {
    told = cancellation;
    return new Promise((resolve, reject) => {
      answer = resolve;
      cancellation.on(reject);
    });
  };
  return { ask, answer: (response: UpstreamResponse) => answer(response), told: () => told?.reason?.code };
}

type Answer = UpstreamResponse | ((told: Cancellation) => Promise<UpstreamResponse>);

interface World {
  readonly settings?: Partial<DispatchSettings>;
  readonly turn?: Partial<Turn>;
  readonly deployments?: readonly Deployment[];
  readonly health?: HealthBook;
}

function dispatched(answers: readonly Answer[], world: World = {}) {
  const clock = handTurned(0);
  const attempts: Attempt[] = [];
  const over: ((outcome: Outcome) => void)[] = [];
  const { transport, asked } = fakeTransport(...answers);
  const health = world.health ?? new HealthBook(BREAKER_SETTINGS);
  const ports = {
    ...clock.clocks,
    transport,
    deadlines: clock.deadlines,
    sleep: () => Promise.resolve(),
    random: () => 0,
    health,
    budget: new RetryBudget(),
  };
  const journal = {
    attempted: (attempt: Attempt) => attempts.push(attempt),
    brokeOff: () => undefined,
    noticed: () => undefined,
    whenOver: (hear: (outcome: Outcome) => void) => over.push(hear),
  };
  const deployments = world.deployments ?? [named('a'), named('b')];
  const asking = turn(world.turn);
  const plan = { first: { name: 'group', deployments }, after: () => [] };
  const reply = dispatch(asking, plan, { ...SETTINGS, ...world.settings }, { ports, journal });
  const told = (): string[] =>
    attempts.map(
      ({ target, error, hedge, ms }) => `${target} ${error?.code ?? 'ok'}${hedge ? ' (hedge)' : ''} ${ms} ms`,
    );
  const end = (): void => {
    for (const hear of over) hear(FINISHED);
  };
  return { reply, clock, asked, told, end, health, turn: asking };
}

async function wordsOf(reply: ReturnType<typeof dispatch>): Promise<string> {
  const given = await reply;
  return given.kind === 'bytes' ? textOf(given.frames) : '';
}

test('when one is silent for too long another is asked, and whoever answers first is heard', async () => {
  const slow = slowTarget();
  const { reply, clock, asked, told, end, health, turn: asking } = dispatched([slow.ask, ok('second')]);
  await settled();
  clock.pass(999);
  expect(asked).toHaveLength(1);
  clock.pass(1);
  expect(await wordsOf(reply)).toContain('second');
  expect(slow.told()).toBe('upstream.outrun');
  expect(told()).toEqual(['a upstream.outrun 1000 ms', 'b ok (hedge) 0 ms']);
  end();
  expect(['a', 'b'].map((id) => health.of(id).inFlight)).toEqual([0, 0]);
  expect([asking.cancellation.listening, clock.waiting.size]).toEqual([0, 0]);
});

test('the first may still be the first to answer', async () => {
  const first = slowTarget();
  const second = slowTarget();
  const { reply, clock, told } = dispatched([first.ask, second.ask]);
  await settled();
  clock.pass(1500);
  await settled();
  first.answer(ok('first'));
  expect(await wordsOf(reply)).toContain('first');
  expect(second.told()).toBe('upstream.outrun');
  expect(told()).toEqual(['b upstream.outrun (hedge) 0 ms', 'a ok 1500 ms']);
});

test('one that answers in time, or fails in time, has nobody beside it', async () => {
  const quick = dispatched([ok('quick')]);
  expect(await wordsOf(quick.reply)).toContain('quick');
  quick.end();
  quick.clock.pass(5000);
  expect([quick.told(), quick.clock.waiting.size]).toEqual([['a ok 0 ms'], 0]);
  const failing = dispatched([fail(), ok('other')]);
  expect(await wordsOf(failing.reply)).toContain('other');
  expect(failing.told()).toEqual(['a upstream.broke 0 ms', 'b ok 0 ms']);
});

test('when one of two fails the other is waited for, and when both do, the first failure is heard', async () => {
  const slow = slowTarget();
  const waiting = dispatched([slow.ask, fail()]);
  await settled();
  waiting.clock.pass(1000);
  await settled();
  slow.answer(ok('late'));
  expect(await wordsOf(waiting.reply)).toContain('late');
  expect(waiting.told()).toEqual(['b upstream.broke (hedge) 0 ms', 'a ok 1000 ms']);
  const other = slowTarget();
  const lost = dispatched([other.ask, answerOf(['{}'], { status: 429 })], { settings: { attemptsMax: 2 } });
  await settled();
  lost.clock.pass(1000);
  await settled();
  other.answer(fail());
  expect(await failureOf(lost.reply)).toMatchObject({ code: 'upstream.broke' });
  expect(lost.told()).toEqual(['a upstream.broke 1000 ms', 'b upstream.rate-limited (hedge) 0 ms']);
});

test('an answer that comes though it was outrun is let go', async () => {
  let answer: (response: UpstreamResponse) => void = () => undefined;
  const deaf = (): Promise<UpstreamResponse> => new Promise((resolve) => (answer = resolve));
  const { reply, clock } = dispatched([deaf, ok('second')]);
  await settled();
  clock.pass(1000);
  expect(await wordsOf(reply)).toContain('second');
  const late = answerOf(frameList(said('late')), { stay: true });
  answer(late);
  await settled();
  expect(late.body.cancelled).toBe(1);
});

test('nobody is asked beside one when nobody may be: alone, at rest, out of attempts, or not wished', async () => {
  const resting = new HealthBook(BREAKER_SETTINGS);
  resting.of('b').breaker.openUntil(60_000, 'upstream.broke', 0);
  const worlds: World[] = [
    { deployments: [named('a')] },
    { health: resting },
    { settings: { attemptsMax: 1 } },
    { settings: { hedgeAfterMs: undefined } },
    { settings: { retryBudgetPerSecondMin: 0 } },
  ];
  for (const world of worlds) {
    const slow = slowTarget();
    const { reply, clock, asked } = dispatched([slow.ask], world);
    await settled();
    clock.pass(5000);
    await settled();
    expect(asked).toHaveLength(1);
    slow.answer(ok('alone'));
    expect(await wordsOf(reply)).toContain('alone');
  }
});

test('a caller who goes away ends both', async () => {
  const [first, second] = [slowTarget(), slowTarget()];
  const { reply, clock, turn: asking, health } = dispatched([first.ask, second.ask]);
  await settled();
  clock.pass(1000);
  await settled();
  asking.cancellation.cancel(new GatewayError('request.cancelled', 'gone'));
  expect(await failureOf(reply)).toMatchObject({ code: 'request.cancelled' });
  expect([first.told(), second.told()]).toEqual(['request.cancelled', 'request.cancelled']);
  expect([health.of('a').inFlight, health.of('b').inFlight]).toEqual([0, 0]);
});

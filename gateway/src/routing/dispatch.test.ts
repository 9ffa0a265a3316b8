import { expect, test } from 'vitest';
import {
  answerOf,
  ATTEMPT_SETTINGS,
  BREAKER_SETTINGS,
  deployment,
  ERROR_FRAME,
  failureOf,
  fakeTransport,
  frameList,
  handTurned,
  provider,
  said,
  textOf,
  turn,
} from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { HealthBook } from '../health/health-book.ts';
import { RetryBudget } from '../health/retry-budget.ts';
import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { Attempt, Outcome, Turn } from '../model/turn.ts';
import type { Sleep, Transport } from '../model/upstream.ts';
import { synthlang } from '../providers/synthlang.ts';
import type { Deployment } from './deployment.ts';
import { dispatch, type DispatchSettings } from './dispatch.ts';
import type { Plan } from './plan.ts';

const SETTINGS: DispatchSettings = {
  ...ATTEMPT_SETTINGS,
  retriesMax: 2,
  attemptsMax: 6,
  backoffMinMs: 500,
  backoffMaxMs: 8000,
  retryAfterMaxMs: 60_000,
  retryBudgetShare: 0.1,
  retryBudgetPerSecondMin: 10,
};

interface World {
  readonly fallbacks?: readonly (readonly Deployment[])[];
  readonly deployments?: readonly Deployment[];
  readonly settings?: Partial<DispatchSettings>;
  readonly turn?: Partial<Turn>;
  readonly sleep?: Sleep;
  readonly health?: HealthBook;
  readonly budget?: RetryBudget;
}

type Hear = (outcome: Outcome) => void;

/** One dispatch in a world whose clock moves by sleeping only. */
function dispatched(transport: Transport, world: World = {}) {
  const clock = handTurned(0);
  const slept: number[] = [];
  const attempts: Attempt[] = [];
  const after: ErrorCode[] = [];
  const over: Hear[] = [];
  const stop = (deployments: readonly Deployment[]) => ({ name: deployments[0]?.model ?? '', deployments });
  const plan: Plan = {
    first: stop(world.deployments ?? [deployment()]),
    after: (code) => {
      after.push(code);
      return (world.fallbacks ?? []).map(stop);
    },
  };
  const sleep: Sleep = (ms, cancellation) => {
    slept.push(ms);
    clock.pass(ms);
    return world.sleep?.(ms, cancellation) ?? Promise.resolve();
  };
  const { health = new HealthBook(BREAKER_SETTINGS), budget = new RetryBudget() } = world;
  const ports = { ...clock.clocks, transport, deadlines: clock.deadlines, sleep, random: () => 0, health, budget };
  const journal = {
    attempted: (attempt: Attempt) => attempts.push(attempt),
    brokeOff: () => undefined,
    noticed: () => undefined,
    whenOver: (hear: Hear) => over.push(hear),
  };
  const reply = dispatch(turn(world.turn), plan, { ...SETTINGS, ...world.settings }, { ports, journal });
  const asked = (): string[] => attempts.map(({ provider: id, error }) => `${id} ${error?.code ?? 'ok'}`);
  return { reply, slept, attempts, asked, after, clock, over };
}

const ok = () => answerOf(frameList(said('Hello')));
const status = (code: number, headers: Record<string, string> = {}) => answerOf(['{}'], { status: code, headers });
const named = (id: string, more: Partial<Deployment> = {}) =>
  deployment({ provider: provider({ id }), model: id, ...more });

async function expectReply(reply: ReturnType<typeof dispatch>): Promise<void> {
  const given = await reply;
  expect(given.kind === 'bytes' && (await textOf(given.frames))).toContain('Hello');
}

test('two failures and a success are three attempts, with doubling waits between', async () => {
  const { reply, slept, attempts } = dispatched(fakeTransport(status(500), status(500), ok()).transport);
  await expectReply(reply);
  expect(attempts.map(({ error }) => error?.status)).toEqual([500, 500, undefined]);
  expect(slept).toEqual([500, 1000]);
});

test('a refusal is not tried again, and has no fallback', async () => {
  const { reply, attempts, after } = dispatched(fakeTransport(status(400)).transport, { fallbacks: [[named('b')]] });
  expect(await failureOf(reply)).toMatchObject({ code: 'upstream.refused', status: 400 });
  expect([attempts.length, after]).toEqual([1, []]);
});

test('num_retries: 1 makes two attempts', async () => {
  const { reply, attempts } = dispatched(fakeTransport(status(429)).transport, {
    turn: { switches: { retriesMax: 1 } },
  });
  expect(await failureOf(reply)).toMatchObject({ code: 'upstream.rate-limited', status: 429 });
  expect(attempts).toHaveLength(2);
});

test.each([
  ['the caller’s', { turn: { switches: { retriesMax: 0 } }, deployments: [deployment({ retriesMax: 3 })] }, 1],
  ['the deployment’s', { deployments: [deployment({ retriesMax: 3 })] }, 4],
  ['the gateway’s', {}, 3],
])('%s number of retries counts', async (_, world, expected) => {
  const { reply, attempts } = dispatched(fakeTransport(status(500)).transport, world);
  await failureOf(reply);
  expect(attempts).toHaveLength(expected);
});

test('attempts have a limit over all targets', async () => {
  const { reply, asked } = dispatched(fakeTransport(status(500)).transport, {
    deployments: [named('a')],
    fallbacks: [[named('b')], [named('c')]],
    settings: { attemptsMax: 4 },
  });
  await failureOf(reply);
  expect(asked().map((line) => line[0])).toEqual(['a', 'a', 'a', 'b']);
});

test('after the last attempt nobody waits', async () => {
  const { reply, slept } = dispatched(fakeTransport(status(500)).transport);
  await failureOf(reply);
  expect(slept).toHaveLength(2);
});

test('retry-after is waited for in full', async () => {
  const { reply, slept } = dispatched(fakeTransport(status(429, { 'retry-after': '2' }), ok()).transport);
  await expectReply(reply);
  expect(slept).toEqual([2000]);
});

test('with a group, the others are asked at once, and nobody before its time', async () => {
  const fake = fakeTransport(status(429, { 'retry-after': '2' }), status(429, { 'retry-after': '1' }), ok());
  const { reply, slept, asked, clock } = dispatched(fake.transport, { deployments: [named('a'), named('b')] });
  await expectReply(reply);
  expect(asked()).toEqual(['a upstream.rate-limited', 'b upstream.rate-limited', 'b ok']);
  expect(slept).toEqual([1000]);
  expect(clock.nowMs()).toBe(1000);
});

test('a retry-after that is too long is not waited for: the next fallback is asked at once', async () => {
  const fake = fakeTransport(status(429, { 'retry-after': '61' }), ok());
  const { reply, slept, asked } = dispatched(fake.transport, { deployments: [named('a')], fallbacks: [[named('b')]] });
  await expectReply(reply);
  expect([slept, asked()]).toEqual([[], ['a upstream.rate-limited', 'b ok']]);
});

test('in a group, one that asks for too long a wait is left out, and the others go on', async () => {
  const fake = fakeTransport(status(429, { 'retry-after': '61' }), status(500), ok());
  const { reply, asked } = dispatched(fake.transport, { deployments: [named('a'), named('b')] });
  await expectReply(reply);
  expect(asked()).toEqual(['a upstream.rate-limited', 'b upstream.broke', 'b ok']);
});

test('what can’t help the same target goes to the next of the group at once', async () => {
  const fake = fakeTransport(status(401), ok());
  const { reply, slept, asked } = dispatched(fake.transport, { deployments: [named('a'), named('b')] });
  await expectReply(reply);
  expect([slept, asked()]).toEqual([[], ['a upstream.auth', 'b ok']]);
});

test('a group is asked in its order, also when one drops out', async () => {
  const fake = fakeTransport(status(401), status(401), ok());
  const { reply, asked } = dispatched(fake.transport, { deployments: [named('a'), named('b'), named('c')] });
  await expectReply(reply);
  expect(asked().map((line) => line[0])).toEqual(['a', 'b', 'c']);
});

test('when all fail, the first failure is what the caller hears', async () => {
  const fake = fakeTransport(status(503), status(500), status(404), status(400));
  const { reply, asked } = dispatched(fake.transport, {
    deployments: [named('a')],
    fallbacks: [[named('b')], [named('c')]],
    settings: { retriesMax: 1 },
  });
  expect(await failureOf(reply)).toMatchObject({ status: 503 });
  expect(asked()).toHaveLength(4);
});

test('the kind of the first failure decides where to go on', async () => {
  const tooLong = answerOf(['{"error":{"message":"x","code":"context_length_exceeded"}}'], { status: 400 });
  const { reply, after, asked, attempts } = dispatched(fakeTransport(tooLong, ok()).transport, {
    fallbacks: [[named('long')]],
  });
  await expectReply(reply);
  expect(after).toEqual(['upstream.context-window']);
  expect(asked().at(-1)).toBe('long ok');
  expect(attempts.map(({ fallback }) => fallback)).toEqual([0, 1]);
});

test('a fallback that refuses the request does not stop the next one', async () => {
  const fake = fakeTransport(status(404), status(400), ok());
  const { reply } = dispatched(fake.transport, { fallbacks: [[named('b')], [named('c')]] });
  await expectReply(reply);
});

test('an error frame before the first output is a failure like any other', async () => {
  const fake = fakeTransport(answerOf([ERROR_FRAME]), ok());
  const { reply, asked } = dispatched(fake.transport, { fallbacks: [[named('b')]], settings: { retriesMax: 0 } });
  await expectReply(reply);
  expect(asked()).toEqual(['acme upstream.broke', 'b ok']);
});

test('a fault of ours is told as one, and nobody else is asked', async () => {
  const { reply, attempts } = dispatched(fakeTransport(new TypeError('oops')).transport, { fallbacks: [[named('b')]] });
  expect(await failureOf(reply)).toMatchObject({ code: 'gateway.bug' });
  expect(attempts).toHaveLength(1);
});

/** A turn that is aborted while the n-th question is being asked. */
function abortedAt(count: number, reason: GatewayError, world: World = {}) {
  const cancellation = new Cancellation();
  let asked = 0;
  const transport: Transport = async () => {
    asked += 1;
    if (asked === count) {
      cancellation.cancel(reason);
      throw reason;
    }
    return status(500);
  };
  return dispatched(transport, { ...world, turn: { cancellation } });
}

const gone = new GatewayError('request.cancelled', 'gone');
const late = new GatewayError('upstream.timeout', 'total');

test.each([
  ['a caller that went away', gone],
  ['a turn whose time is up', late],
])('%s is asked about nowhere else', async (_, reason) => {
  const local = deployment({ provider: synthlang, model: 'echo' });
  const world = { fallbacks: [[named('b')], [local]], settings: { retriesMax: 0 } };
  for (const at of [1, 2]) {
    const { reply, attempts } = abortedAt(at, reason, world);
    expect(await failureOf(reply)).toBe(reason);
    expect(attempts).toHaveLength(at);
  }
});

test('a turn whose time is up at the last fallback is told so, not of the first failure', async () => {
  const { reply } = abortedAt(2, late, { fallbacks: [[named('b')]], settings: { retriesMax: 0 } });
  expect(await failureOf(reply)).toBe(late);
});

test('a caller that goes away during a wait ends it', async () => {
  const cancellation = new Cancellation();
  const sleep: Sleep = () => {
    cancellation.cancel(gone);
    return Promise.reject(gone);
  };
  const world = { sleep, turn: { cancellation }, fallbacks: [[named('b')]] };
  const { reply, attempts } = dispatched(fakeTransport(status(500)).transport, world);
  expect(await failureOf(reply)).toBe(gone);
  expect(attempts).toHaveLength(1);
});

test('every attempt is written down with who, what and how long', async () => {
  const { reply, attempts } = dispatched(fakeTransport(ok()).transport);
  await expectReply(reply);
  expect(attempts).toEqual([
    { target: 'acme/upstream-model', provider: 'acme', model: 'upstream-model', fallback: 0, ms: 0, error: undefined },
  ]);
});

test('an attempt is kept for the fallback', async () => {
  const { reply, asked } = dispatched(fakeTransport(status(500), status(500), ok()).transport, {
    deployments: [named('a')],
    fallbacks: [[named('b')]],
    settings: { attemptsMax: 3 },
  });
  await expectReply(reply);
  expect(asked()).toEqual(['a upstream.broke', 'a upstream.broke', 'b ok']);
});

const OPEN = new GatewayError('upstream.rate-limited', 'later', { retryAfterMs: 3000 });

/** A book in which these targets are left alone. */
function resting(error: GatewayError, ...ids: readonly string[]): HealthBook {
  const health = new HealthBook({ ...BREAKER_SETTINGS, failuresMax: 1 });
  for (const id of ids) health.of(id).visit(0).end(error, 0);
  return health;
}

test('a target that is left alone costs no attempt', async () => {
  const { reply, asked } = dispatched(fakeTransport(ok()).transport, {
    deployments: [named('a'), named('b')],
    health: resting(OPEN, 'a/a'),
  });
  await expectReply(reply);
  expect(asked()).toEqual(['b ok']);
});

test('when all are left alone the caller hears at once until when, and a fallback may help', async () => {
  const world = { deployments: [named('a')], health: resting(OPEN, 'a/a') };
  const alone = dispatched(fakeTransport(ok()).transport, world);
  expect(await failureOf(alone.reply)).toMatchObject({
    code: 'upstream.rate-limited',
    details: { retryAfterMs: 3000 },
  });
  expect(alone.attempts).toEqual([]);
  const helped = dispatched(fakeTransport(ok()).transport, { ...world, fallbacks: [[named('b')]] });
  await expectReply(helped.reply);
  const broken = resting(new GatewayError('upstream.broke', 'down'), 'a/a');
  const { reply } = dispatched(fakeTransport(ok()).transport, { ...world, health: broken });
  expect(await failureOf(reply)).toMatchObject({ code: 'upstream.unavailable', details: { retryAfterMs: 5000 } });
});

test('without budget nobody is asked again, unless it was the request that didn’t fit', async () => {
  const settings = { retryBudgetShare: 0, retryBudgetPerSecondMin: 0 };
  const failed = dispatched(fakeTransport(status(500), ok()).transport, { settings, fallbacks: [[named('b')]] });
  expect(await failureOf(failed.reply)).toMatchObject({ code: 'upstream.broke' });
  expect(failed.attempts).toHaveLength(1);
  const tooLong = answerOf(['{"error":{"message":"x","code":"context_length_exceeded"}}'], { status: 400 });
  const long = dispatched(fakeTransport(tooLong, ok()).transport, { settings, fallbacks: [[named('b')]] });
  await expectReply(long.reply);
});

test('a policy decides by the kind of error, also for what is usually final', async () => {
  const retryPolicy = (_: string, code: ErrorCode): number | undefined =>
    (({ 'upstream.refused': 1, 'upstream.broke': 0 }) as Partial<Record<ErrorCode, number>>)[code];
  const refused = dispatched(fakeTransport(status(400), ok()).transport, { settings: { retryPolicy } });
  await expectReply(refused.reply);
  const broke = dispatched(fakeTransport(status(500), ok()).transport, { settings: { retryPolicy } });
  await failureOf(broke.reply);
  expect([refused.attempts.length, broke.attempts.length]).toEqual([2, 1]);
});

test('a target hears how its reply ended: what it took, and whether it was cut short', async () => {
  const health = new HealthBook({ ...BREAKER_SETTINGS, failuresMax: 1 });
  const { reply, over } = dispatched(fakeTransport(ok()).transport, { health });
  await expectReply(reply);
  const target = health.of('acme/upstream-model');
  expect(target.inFlight).toBe(1);
  const error = new GatewayError('upstream.broke', 'cut');
  const usage = { inputTokens: 10, outputTokens: 5 };
  for (const hear of over) hear({ end: 'failed', usage, usageEstimated: false, error, blind: false });
  expect([target.inFlight, target.tokensThisMinute(0), target.breaker.state(0)]).toEqual([0, 15, 'open']);
});

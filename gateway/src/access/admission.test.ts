import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, failureOf, turn } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { ModelPrice } from '../model/price.ts';
import { Ask } from '../model/request.ts';
import type { Outcome } from '../model/turn.ts';
import type { Asks } from './worst-case.ts';
import { admitter, type Reservation } from './admission.ts';
import { type AccountLimits, CountedAccount } from './counted-account.ts';

const PRICE: ModelPrice = { input: { base: 1_000_000 }, output: { base: 10_000_000 } };
const START = Date.UTC(2026, 0, 1);
const FINISHED: Outcome = {
  end: 'finished',
  usage: { inputTokens: 100, outputTokens: 50 },
  usageEstimated: false,
  error: undefined,
  blind: false,
};

function desk(
  limits: AccountLimits,
  {
    prices = [PRICE],
    spent = 0,
    asks = { readers: 1, parts: 1 },
  }: { prices?: readonly ModelPrice[]; spent?: number; asks?: Asks } = {},
) {
  const clock = { clockMs: 0, nowMs: START };
  const account = new CountedAccount('k', limits, clock, spent);
  const reserved: Reservation[] = [];
  const admit = admitter({
    clockMs: () => clock.clockMs,
    nowMs: () => clock.nowMs,
    pricesOf: () => prices,
    onReserved: (reservation) => void reserved.push(reservation),
    outputTokensMax: 1000,
    asksOf: () => asks,
    webSearchesMax: 10,
  });
  const pass = (ms: number): void => {
    clock.clockMs += ms;
    clock.nowMs += ms;
  };
  let count = 0;
  const enter = (question: Ask = ask()) =>
    admit(turn({ id: `turn-${(count += 1)}`, ask: question, caller: { keyId: 'k', role: 'basic', account } }));
  return { account, enter, pass, reserved, clock };
}

const budget = (dollars: number, duration?: string) => ({
  budget: { nanousd: dollars * 1e9, duration, since: START },
});

describe('limits by the minute', () => {
  test('so many requests, then none until the minute is over', async () => {
    const { enter, pass } = desk({ requestsPerMinute: 2 });
    expect(enter().quota?.requests).toEqual({ limit: 2, remaining: 1, resetMs: 60_000 });
    pass(10_000);
    expect(enter().quota?.requests).toEqual({ limit: 2, remaining: 0, resetMs: 50_000 });
    const refused = await failureOf(() => enter());
    expect(refused).toMatchObject({ code: 'limit.rate', status: 429, details: { retryAfterMs: 50_000 } });
    expect(refused.message).toContain('Rate limit exceeded');
    pass(49_999);
    expect((await failureOf(() => enter())).code).toBe('limit.rate');
    pass(1);
    expect(enter().quota?.requests?.remaining).toBe(1);
  });

  test('refused requests use nothing up', async () => {
    const { enter, account } = desk({ requestsPerMinute: 1, tokensPerMinute: 1000, parallelMax: 1 });
    const { settle } = enter();
    for (let count = 0; count < 10; count += 1) await failureOf(() => enter());
    settle(FINISHED, undefined);
    expect(account.inFlight).toBe(0);
    expect(account.quota(0)).toMatchObject({ requests: { remaining: 0 }, tokens: { remaining: 850 } });
  });

  test('tokens count when they are known, in the minute in which they were asked for', async () => {
    const { enter, pass } = desk({ tokensPerMinute: 200 });
    const first = enter(sized(0));
    first.settle(FINISHED, undefined);
    const second = enter(sized(0));
    second.settle({ ...FINISHED, usage: { inputTokens: 100, outputTokens: 100 } }, undefined);
    const late = await failureOf(() => desk({ tokensPerMinute: 1 }).enter(sized(8)));
    expect(late.message).toContain('tokens. Current limit: 1');
    pass(60_000);
    const early = enter(sized(0));
    pass(60_000);
    expect(enter(sized(400)).quota?.tokens).toMatchObject({ limit: 200, remaining: 100 });
    early.settle(FINISHED, undefined);
    expect(enter(sized(0)).quota?.tokens?.remaining).toBe(100);
  });

  test('so many at one time', async () => {
    const { enter, account } = desk({ parallelMax: 2 });
    const [first] = [enter(), enter()];
    expect((await failureOf(() => enter())).message).toContain('max_parallel_requests');
    first.settle({ ...FINISHED, end: 'cancelled', usage: undefined }, undefined);
    first.settle(FINISHED, undefined);
    expect(account.inFlight).toBe(1);
    enter();
    expect((await failureOf(() => enter())).code).toBe('limit.rate');
  });
});

const sized = (bytes: number, head: object = {}): Ask =>
  Ask.arrived(
    { model: 'm', stream: false, usageWanted: false, ...head },
    { dialect: 'openai-chat', bytes: Buffer.alloc(bytes, 'x'), body: {} },
    () => ask().look(),
  );

describe('budgets', () => {
  test('the worst case is held back and written down before anything is sent; what wasn’t used comes back', () => {
    const { enter, account, reserved } = desk(budget(1));
    const { settle, outputTokensMax } = enter(sized(1000, { maxOutputTokens: 500, choiceCount: 2 }));
    const worst = (1000 + 1000) * 1000 + 500 * 2 * 10_000;
    expect(reserved).toEqual([{ turnId: 'turn-1', keyId: 'k', periodStart: START, nanousd: worst }]);
    expect(outputTokensMax).toBeUndefined();
    expect(account.budget?.at(START)).toMatchObject({ spentNanousd: 0, reservedNanousd: worst });
    settle(FINISHED, { nanousd: 42 });
    settle(FINISHED, { nanousd: 42 });
    expect(account.budget?.at(START)).toMatchObject({ spentNanousd: 42, reservedNanousd: 0 });
  });

  test('where two may be asked at once, both may have read the request', () => {
    const { enter, reserved } = desk(budget(1), { asks: { readers: 2, parts: 1 } });
    enter(sized(1000, { maxOutputTokens: 500 }));
    expect(reserved[0]?.nanousd).toBe(2 * (1000 + 1000) * 1000 + 500 * 10_000);
    expect(desk(budget(0.004), { asks: { readers: 2, parts: 1 } }).enter(sized(0)).outputTokensMax).toBe(200);
  });

  test('where others may go on with an answer, each may have read what was said and say as much again', () => {
    const { enter, reserved } = desk(budget(1), { asks: { readers: 1, parts: 3 } });
    enter(sized(1000, { maxOutputTokens: 500 }));
    expect(reserved[0]?.nanousd).toBe(3 * ((1000 + 1000 + 500) * 1000 + 500 * 10_000));
  });

  test('an answer without a bound gets one: the usual, or what the rest of the budget pays for', async () => {
    expect(desk(budget(1)).enter(sized(0)).outputTokensMax).toBe(1000);
    expect(desk(budget(0.005)).enter(sized(0)).outputTokensMax).toBe(400);
    expect(desk(budget(0.00101)).enter(sized(0)).outputTokensMax).toBe(1);
    const refused = await failureOf(() => desk(budget(0.001)).enter(sized(0)));
    expect(refused).toMatchObject({ code: 'budget.exhausted', status: 429, details: { retryAfterMs: undefined } });
  });

  test('a budget that only others hold comes back soon, and the caller is told so', async () => {
    const { enter } = desk(budget(0.012));
    enter(sized(0, { maxOutputTokens: 1000 }));
    const refused = await failureOf(() => enter(sized(0, { maxOutputTokens: 1000 })));
    expect(refused.details.retryAfterMs).toBe(1000);
    expect(refused.message).toContain('held for requests that are running');
  });

  test('the dearest model that may answer is what counts', () => {
    const dear = { ...PRICE, output: { base: 99_000_000 } };
    const { enter, reserved } = desk(budget(100), { prices: [PRICE, dear] });
    enter(sized(0, { maxOutputTokens: 1 }));
    expect(reserved[0]?.nanousd).toBe(1_000_000 + 99_000);
  });

  test('no request is longer than what the model takes', () => {
    const { enter, reserved } = desk(budget(100), { prices: [{ ...PRICE, contextWindow: 8000 }] });
    enter(sized(1_000_000, { maxOutputTokens: 1 }));
    expect(reserved[0]?.nanousd).toBe(8_000_000 + 10_000);
  });

  test('pictures and files may be more than their bytes say', () => {
    const { enter, reserved } = desk(budget(100));
    const bytes = Buffer.from('{"type":"image_url"}');
    const picture = Ask.arrived(
      { model: 'm', stream: false, usageWanted: false, maxOutputTokens: 1 },
      { dialect: 'openai-chat', bytes, body: {} },
      () => ask().look(),
    );
    enter(picture);
    expect(reserved[0]?.nanousd).toBeGreaterThan(200_000 * 1000);
  });

  test('a model that costs nothing needs no budget, and one without a price counts as one', () => {
    const free = { input: { base: 0 }, output: { base: 0 } };
    for (const prices of [[free], []]) {
      const { enter, reserved } = desk(budget(0), { prices });
      expect(enter().outputTokensMax).toBeUndefined();
      expect(reserved).toEqual([]);
    }
  });

  test('a new period is whole again; a turn pays in the one it began in', async () => {
    const { enter, pass, account, clock } = desk(budget(0.011, '1h'), { spent: 9_000_000 });
    const early = enter(sized(0, { maxOutputTokens: 50 }));
    expect((await failureOf(() => enter(sized(0, { maxOutputTokens: 1000 })))).code).toBe('budget.exhausted');
    pass(3_600_000);
    enter(sized(0, { maxOutputTokens: 1000 }));
    expect(early.settle(FINISHED, { nanousd: 5 })).toBe(START);
    expect(account.budget?.at(clock.nowMs)).toMatchObject({ spentNanousd: 0, reservedNanousd: 11_000_000 });
  });

  test('what can’t be written down is not spent', async () => {
    const account = new CountedAccount('k', budget(1), { clockMs: 0, nowMs: START });
    const admit = admitter({
      clockMs: () => 0,
      nowMs: () => START,
      pricesOf: () => [PRICE],
      onReserved: () => {
        throw new GatewayError('store.failed', 'full');
      },
      outputTokensMax: 10,
      asksOf: () => ({ readers: 1, parts: 1 }),
      webSearchesMax: 10,
    });
    const refused = await failureOf(() => admit(turn({ caller: { keyId: 'k', role: 'basic', account } })));
    expect(refused.code).toBe('store.failed');
    expect(account.inFlight).toBe(0);
    expect(account.budget?.at(START)).toMatchObject({ spentNanousd: 0, reservedNanousd: 0 });
  });

  test('spent and held back together never exceed the budget, whatever happens in which order', () => {
    const step = fc.oneof(
      fc.record({ enter: fc.nat(3000), max: fc.option(fc.nat(2000), { nil: undefined }) }),
      fc.record({ settle: fc.nat(20), used: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(30_000_000), (steps, nanousd) => {
        const { enter, account, reserved } = desk({ budget: { nanousd, duration: undefined, since: START } });
        const running: { settle: ReturnType<typeof enter>['settle']; held: number }[] = [];
        let spent = 0;
        for (const now of steps) {
          if ('enter' in now) {
            const before = reserved.length;
            try {
              const { settle } = enter(sized(now.enter, { maxOutputTokens: now.max }));
              running.push({ settle, held: reserved[before]?.nanousd ?? 0 });
            } catch (thrown) {
              expect(thrown).toMatchObject({ code: 'budget.exhausted' });
            }
          } else {
            const [ended] = running.splice(now.settle % Math.max(1, running.length), 1);
            const cost = Math.floor((ended?.held ?? 0) * now.used);
            ended?.settle(FINISHED, { nanousd: cost });
            if (ended) spent += cost;
          }
          const at = account.budget?.at(START);
          expect(at?.spentNanousd).toBe(spent);
          expect(at?.reservedNanousd).toBe(running.reduce((sum, { held }) => sum + held, 0));
          expect((at?.spentNanousd ?? 0) + (at?.reservedNanousd ?? 0)).toBeLessThanOrEqual(nanousd);
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BREAKER_SETTINGS } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import { Breaker, type BreakerSettings } from './breaker.ts';

/** A breaker and a clock to turn by hand. Requests take no time unless they say so. */
function standing(overrides: Partial<BreakerSettings> = {}) {
  const breaker = new Breaker(() => ({ ...BREAKER_SETTINGS, ...overrides }));
  let nowMs = 1_000_000;
  let number = 0;
  const heard = (error: GatewayError | undefined, isAlone = true, begunMs = nowMs): void => {
    number += 1;
    breaker.heard(error, { number, begunMs, nowMs, isAlone });
  };
  return {
    breaker,
    heard,
    pass: (ms: number) => (nowMs += ms),
    now: () => nowMs,
    state: () => breaker.state(nowMs),
    rest: () => breaker.rest(nowMs),
    admit: () => breaker.admit(nowMs),
    fail: (times: number, code: ErrorCode = 'upstream.broke') => {
      for (let failures = 0; failures < times; failures += 1) heard(new GatewayError(code, 'no'));
    },
  };
}

const limited = (retryAfterMs?: number) => new GatewayError('upstream.rate-limited', 'slow down', { retryAfterMs });

test('the fifth failure in a row opens it, and a success in between begins anew', () => {
  const { fail, heard, state, rest } = standing();
  fail(4);
  heard(undefined);
  fail(4);
  expect(state()).toBe('closed');
  fail(1);
  expect([state(), rest()]).toEqual(['open', { code: 'upstream.broke', leftMs: 5000 }]);
});

test('where much is asked, five in a row are chance: it takes one more for each doubling', () => {
  const { fail, heard, state, pass } = standing({ failedShareMax: 1 });
  for (let times = 0; times < 1000; times += 1) {
    heard(undefined);
    pass(10);
  }
  fail(9);
  expect(state()).toBe('closed');
  fail(1);
  expect(state()).toBe('open');
});

test('failures that are heard before the answers to others that were asked with them tell nothing yet', () => {
  const { breaker, now, state } = standing();
  const asked = Array.from({ length: 100 }, () => breaker.admit(now()));
  const hear = (numbers: readonly number[], error?: GatewayError): void => {
    for (const number of numbers) breaker.heard(error, { number, begunMs: now(), nowMs: now(), isAlone: true });
  };
  const error = new GatewayError('upstream.broke', 'no');
  hear(
    asked.filter((_, index) => index % 3 === 0),
    error,
  );
  expect(state()).toBe('closed');
  hear(asked.filter((_, index) => index % 3 !== 0));
  expect(state()).toBe('closed');
  // The same number of failures, and nobody asked in between who might still be answered.
  hear(
    Array.from({ length: 34 }, () => breaker.admit(now())),
    error,
  );
  expect(state()).toBe('open');
});

test('more than half of the last minute’s answers being failures opens it too, once there are enough of them', () => {
  const { fail, heard, state } = standing();
  for (let round = 0; round < 9; round += 1) {
    fail(1);
    heard(undefined);
  }
  expect(state()).toBe('closed');
  fail(2);
  expect(state()).toBe('open');
});

test('what happened more than a minute ago doesn’t count', () => {
  const { fail, heard, state, pass } = standing();
  for (let round = 0; round < 9; round += 1) {
    fail(1);
    heard(undefined);
  }
  pass(61_000);
  fail(2);
  expect(state()).toBe('closed');
});

test('after its rest one request alone goes through; an answer closes it', () => {
  const { fail, pass, admit, rest, state, breaker, heard, now } = standing();
  fail(5);
  pass(5000);
  expect([state(), rest()]).toEqual(['half-open', undefined]);
  admit();
  expect(rest()).toMatchObject({ code: 'upstream.broke' });
  breaker.begun(now());
  expect([state(), rest()]).toEqual(['closed', undefined]);
  heard(undefined);
  expect(state()).toBe('closed');
});

test('each failed probe doubles the rest, up to the longest', () => {
  const { fail, pass, admit, rest } = standing({ cooldownMaxMs: 15_000 });
  fail(5);
  const rests = [0, 1, 2, 3].map(() => {
    const leftMs = rest()?.leftMs ?? 0;
    pass(leftMs);
    admit();
    fail(1);
    return leftMs;
  });
  expect(rests).toEqual([5000, 10_000, 15_000, 15_000]);
});

test('after a recovery one failure is one failure again', () => {
  const { fail, pass, admit, heard, state } = standing();
  fail(30);
  pass(60_000);
  admit();
  heard(undefined);
  fail(4);
  expect(state()).toBe('closed');
});

test('a probe that says nothing doesn’t keep others from trying for ever', () => {
  const { fail, pass, admit, rest } = standing();
  fail(5);
  pass(5000);
  admit();
  pass(19_999);
  expect(rest()).toBeDefined();
  pass(1);
  expect(rest()).toBeUndefined();
});

test('a caller that hangs up during a probe leaves it to the next', () => {
  const { fail, pass, admit, rest, heard } = standing();
  fail(5);
  pass(5000);
  admit();
  heard(new GatewayError('request.cancelled', 'gone'));
  expect(rest()).toBeUndefined();
});

test('what was asked before it opened neither closes it nor makes its rest longer', () => {
  const { fail, pass, heard, rest, now } = standing();
  const before = now() - 1;
  fail(5);
  pass(1000);
  heard(undefined, true, before);
  heard(new GatewayError('upstream.broke', 'late'), true, before);
  expect(rest()).toMatchObject({ leftMs: 4000 });
});

test('a request that asked three times in vain opens it, unless somebody else was answered meanwhile', () => {
  const [unlucky, others, few] = [standing(), standing(), standing()];
  const error = new GatewayError('upstream.broke', 'no');
  unlucky.fail(3);
  unlucky.breaker.givenUp(error, unlucky.now(), 3);
  others.fail(2);
  others.heard(undefined);
  others.fail(1);
  others.breaker.givenUp(error, others.now(), 3);
  few.fail(2);
  few.breaker.givenUp(error, few.now(), 2);
  expect([unlucky.state(), others.state(), few.state()]).toEqual(['open', 'closed', 'closed']);
});

describe('a rate limit', () => {
  test('with a time opens it for that time, also where there is nobody else', () => {
    const { heard, rest } = standing();
    heard(limited(2000));
    expect(rest()).toEqual({ code: 'upstream.rate-limited', leftMs: 2000 });
  });

  test('without a time opens it at once where others can answer, and counts as a failure where not', () => {
    const [alone, group] = [standing(), standing()];
    alone.heard(limited());
    group.heard(limited(), false);
    expect([alone.state(), group.state()]).toEqual(['closed', 'open']);
  });

  test('has an end, whatever the provider says', () => {
    const { heard, rest } = standing();
    heard(limited(1e12));
    expect(rest()?.leftMs).toBe(3_600_000);
  });
});

test.each([
  ['upstream.auth', 'closed', 'open'],
  ['upstream.not-found', 'closed', 'open'],
  ['upstream.broke', 'closed', 'closed'],
  ['upstream.refused', 'closed', 'closed'],
  ['request.cancelled', 'closed', 'closed'],
  ['gateway.bug', 'closed', 'closed'],
] as const)('one %s: alone %s, with others %s', (code, aloneIs, groupIs) => {
  const [alone, group] = [standing(), standing()];
  alone.heard(new GatewayError(code, 'no'));
  group.heard(new GatewayError(code, 'no'), false);
  expect([alone.state(), group.state()]).toEqual([aloneIs, groupIs]);
});

test('a caller’s own mistakes show that the target is alive', () => {
  const { fail, state } = standing();
  fail(4);
  fail(1, 'upstream.refused');
  fail(4);
  expect(state()).toBe('closed');
});

test('switched off it lets everything through', () => {
  const { fail, state, rest } = standing({ enabled: false });
  fail(100);
  expect([state(), rest()]).toEqual(['closed', undefined]);
});

test('what other gateways decided holds here as well, and never shortens a rest', () => {
  const { breaker, now, rest, fail } = standing();
  breaker.openUntil(now() + 3000, 'upstream.timeout', now());
  expect(rest()).toEqual({ code: 'upstream.timeout', leftMs: 3000 });
  breaker.openUntil(now() + 10, 'upstream.broke', now());
  expect(rest()).toEqual({ code: 'upstream.timeout', leftMs: 3000 });
  fail(5);
  expect(rest()?.leftMs).toBe(3000);
});

test('whatever happens, a rest has an end, and after it somebody may ask', () => {
  const happening = fc.oneof(
    fc.constant('fine'),
    fc.constant('broke'),
    fc.constant('admit'),
    fc.nat({ max: 100_000 }).map((ms) => ({ ms })),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const { heard, fail, admit, pass, rest } = standing();
      for (const what of happenings) {
        if (typeof what === 'object') pass(what.ms);
        else if (what === 'fine') heard(undefined);
        else if (what === 'broke') fail(1);
        else if (!rest()) admit();
        const leftMs = rest()?.leftMs ?? 0;
        expect(leftMs).toBeLessThanOrEqual(60_000);
      }
      pass(60_000);
      expect(rest()).toBeUndefined();
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STRATEGY_NAMES } from '../model/strategy-name.ts';
import type { Contender, Question, Standing } from './contract.ts';
import { strategies } from './index.ts';

interface Doing {
  readonly inFlight?: number;
  readonly requests?: number;
  readonly tokens?: number;
  readonly firstOutputMs?: number;
  readonly msPerToken?: number;
}

function standing({ inFlight = 0, requests = 0, tokens = 0, firstOutputMs, msPerToken }: Doing = {}): Standing {
  return {
    inFlight,
    requestsThisMinute: () => requests,
    tokensThisMinute: () => tokens,
    firstOutputMs: () => firstOutputMs,
    msPerToken: () => msPerToken,
  };
}

const contender = (id: string, doing: Doing = {}, more: Partial<Contender> = {}): Contender => ({
  id,
  weight: 1,
  standing: standing(doing),
  ...more,
});

const question = (overrides: Partial<Question> = {}): Question => ({
  stream: false,
  nowMs: 0,
  random: () => 0.5,
  conversation: () => 'hello',
  ...overrides,
});

const order = (id: keyof typeof strategies, contenders: readonly Contender[], asked: Partial<Question> = {}) =>
  strategies[id].order(contenders, question(asked)).map((one) => one.id);

test('each has the name it is known by, and says what it does', () => {
  expect(Object.keys(strategies)).toEqual([...STRATEGY_NAMES]);
  for (const [id, strategy] of Object.entries(strategies)) {
    expect(strategy.id).toBe(id);
    expect(strategy.says).toMatch(/^[A-Z].*\.$/);
    expect(strategy.why(contender('a'), question())).not.toBe('');
  }
});

test.each(STRATEGY_NAMES)('%s puts all of them in order and loses none', (id) => {
  const doing = fc.record({ inFlight: fc.nat({ max: 9 }), tokens: fc.nat({ max: 99 }) });
  const any = fc.record({
    doing,
    weight: fc.nat({ max: 3 }),
    price: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (all, chance) => {
      const contenders = all.map((one, at) =>
        contender(`t${at}`, one.doing, { weight: one.weight, costPerToken: one.price }),
      );
      expect(order(id, contenders, { random: () => chance }).toSorted()).toEqual(
        contenders.map((one) => one.id).toSorted(),
      );
    }),
  );
});

test('shuffle follows limits per minute where all have them and nobody weighs them', () => {
  const limits = [
    contender('small', {}, { requestsPerMinute: 10 }),
    contender('large', {}, { requestsPerMinute: 1000 }),
  ];
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const firsts = Array.from({ length: 1000 }, () => order('shuffle', limits, { random })[0]);
  expect(firsts.filter((id) => id === 'large').length).toBeGreaterThan(970);
});

test('least-busy asks whoever has the fewest in flight for its weight', () => {
  const busy = [
    contender('a', { inFlight: 3 }),
    contender('b', { inFlight: 2 }),
    contender('c', { inFlight: 8 }, { weight: 8 }),
  ];
  expect(order('least-busy', busy)).toEqual(['c', 'b', 'a']);
});

describe('latency', () => {
  test('asks the fastest, measured as the request needs it', () => {
    const paced = [
      contender('talks soon', { firstOutputMs: 100, msPerToken: 9 }),
      contender('writes fast', { firstOutputMs: 900, msPerToken: 3 }),
    ];
    expect(order('latency', paced, { stream: true })).toEqual(['talks soon', 'writes fast']);
    expect(order('latency', paced)).toEqual(['writes fast', 'talks soon']);
  });

  test('treats those that are nearly as fast alike', () => {
    const paced = [contender('a', { msPerToken: 10 }), contender('b', { msPerToken: 10.9 })];
    const chances = [0.9, 0.1];
    expect(order('latency', paced, { random: () => chances.shift() ?? 0 })[0]).toBe('a');
    const others = [0.1, 0.9];
    expect(order('latency', paced, { random: () => others.shift() ?? 0 })[0]).toBe('b');
  });

  test('tries the unknown, by one request at a time', () => {
    const fast = contender('fast', { msPerToken: 1 });
    expect(order('latency', [fast, contender('new')])).toEqual(['new', 'fast']);
    const paced = [fast, contender('new', { inFlight: 1 }), contender('slow', { msPerToken: 50 })];
    expect(order('latency', paced)).toEqual(['fast', 'slow', 'new']);
  });
});

test('usage asks whoever has most left of its limits, or else whoever had the fewest tokens', () => {
  const limits = [
    contender('a', { tokens: 500, requests: 1 }, { tokensPerMinute: 1000 }),
    contender('b', { tokens: 800, requests: 1 }, { tokensPerMinute: 10_000, requestsPerMinute: 100 }),
    contender('c', { tokens: 1, requests: 9 }, { tokensPerMinute: 1000, requestsPerMinute: 10 }),
  ];
  expect(order('usage', limits)).toEqual(['b', 'a', 'c']);
  expect(order('usage', [contender('a', { tokens: 10 }), contender('b', { tokens: 9 })])).toEqual(['b', 'a']);
});

test('cost asks the cheapest, and whoever has no price last', () => {
  const priced = [contender('a'), contender('b', {}, { costPerToken: 20 }), contender('c', {}, { costPerToken: 10 })];
  expect(order('cost', priced)).toEqual(['c', 'b', 'a']);
});

describe('prompt-cache', () => {
  const three = ['a', 'b', 'c'];
  const calm = three.map((id) => contender(id));
  const placed = (conversation: string, all: readonly Contender[]) =>
    order('prompt-cache', all, { conversation: () => conversation })[0];
  const conversations = Array.from({ length: 3000 }, (_, at) => `You are helpful.\nQuestion ${at}`);

  test('asks the same target for a conversation, and spreads conversations evenly', () => {
    const shares = new Map<string, number>();
    for (const conversation of conversations) {
      const at = placed(conversation, calm) ?? '';
      expect(placed(conversation, calm.toReversed())).toBe(at);
      shares.set(at, (shares.get(at) ?? 0) + 1);
    }
    for (const id of three) expect(Math.abs((shares.get(id) ?? 0) - 1000)).toBeLessThan(100);
  });

  test('moves only the conversations of a target that is gone', () => {
    for (const conversation of conversations.slice(0, 300)) {
      const at = placed(conversation, calm);
      if (at !== 'b') expect(placed(conversation, [contender('a'), contender('c')])).toBe(at);
    }
  });

  test('spills when its target has far more to do than the others', () => {
    const conversation = conversations.find((one) => placed(one, calm) === 'a') ?? '';
    const at = (inFlight: number) =>
      placed(conversation, [contender('a', { inFlight }), contender('b'), contender('c')]);
    expect([at(3), at(50)]).toEqual(['a', expect.stringMatching(/[bc]/)]);
  });
});

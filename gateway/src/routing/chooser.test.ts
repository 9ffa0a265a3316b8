import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, BREAKER_SETTINGS, deployment, failureOf, turn } from '../../test/support.ts';
import { HealthBook } from '../health/health-book.ts';
import { GatewayError } from '../model/error.ts';
import { Chooser, type ChooserSettings } from './chooser.ts';
import type { Deployment } from './deployment.ts';

const NOW_MS = 1_000_000;

const SETTINGS: ChooserSettings = { strategy: 'shuffle', groupStrategies: {}, tagFiltering: false };

/** Chooses in a world whose clock stands still. */
function chooser(settings: Partial<ChooserSettings> = {}, random: () => number = () => 0.5) {
  const health = new HealthBook(BREAKER_SETTINGS);
  return { health, chooser: new Chooser({ ...SETTINGS, ...settings }, { health, clockMs: () => NOW_MS, random }) };
}

function orderOf(deployments: readonly Deployment[], random: () => number): string[] {
  return chooser({}, random)
    .chooser.order('group', deployments, turn())
    .map(({ model }) => model);
}

test('lower orders come first, whatever chance says', () => {
  const group = [
    deployment({ model: 'late', order: 2, weight: 1000 }),
    deployment({ model: 'early', order: 1, weight: 1 }),
  ];
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
      expect(orderOf(group, () => random)).toEqual(['early', 'late']);
    }),
  );
});

test('within an order each comes first as often as it weighs', () => {
  const group = [deployment({ model: 'three', weight: 3 }), deployment({ model: 'one', weight: 1 })];
  let seed = 42;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const firsts = Array.from({ length: 4000 }, () => orderOf(group, random)[0]);
  const share = firsts.filter((model) => model === 'three').length / firsts.length;
  expect(share).toBeGreaterThan(0.72);
  expect(share).toBeLessThan(0.78);
});

test('a weight of nothing comes last', () => {
  const group = [deployment({ model: 'spare', weight: 0 }), deployment({ model: 'main', weight: 1 })];
  expect(orderOf(group, () => 0.001)).toEqual(['main', 'spare']);
});

const BROKE = new GatewayError('upstream.broke', 'down');
const group = [deployment({ model: 'a' }), deployment({ model: 'b' }), deployment({ model: 'c' })];
const modelsOf = (deployments: readonly Deployment[]) => deployments.map(({ model }) => model);

/** Lets a target fail so often that it is left alone. */
function breakDown(health: HealthBook, id: string): void {
  for (let failures = 0; failures < BREAKER_SETTINGS.failuresMax; failures += 1)
    health.of(id).visit(NOW_MS).end(BROKE, NOW_MS);
}

test('a target that is left alone comes last, whatever its order', () => {
  const { health, chooser: choosing } = chooser();
  breakDown(health, 'acme/a');
  const first = [deployment({ model: 'a', order: 0 }), deployment({ model: 'b', order: 1 })];
  expect(modelsOf(choosing.order('group', first, turn()))).toEqual(['b', 'a']);
});

test('a target that has reached its limit of the minute comes behind those that haven’t', () => {
  const { health, chooser: choosing } = chooser();
  const limited = [deployment({ model: 'a', requestsPerMinute: 2 }), deployment({ model: 'b', order: 1 })];
  const order = () => modelsOf(choosing.order('group', limited, turn()));
  health.of('acme/a').visit(NOW_MS);
  expect(order()).toEqual(['a', 'b']);
  health.of('acme/a').visit(NOW_MS);
  expect(order()).toEqual(['b', 'a']);
});

test('a group may have a strategy of its own', () => {
  const { health, chooser: choosing } = chooser({ groupStrategies: { quiet: 'least-busy' } });
  health.of('acme/a').visit(NOW_MS);
  health.of('acme/a').visit(NOW_MS);
  health.of('acme/b').visit(NOW_MS);
  expect(modelsOf(choosing.order('quiet', group, turn()))).toEqual(['c', 'b', 'a']);
  expect(modelsOf(choosing.order('constructor', group, turn()))).toHaveLength(3);
});

describe('tags', () => {
  const tagged = [
    deployment({ model: 'free', tags: ['free'] }),
    deployment({ model: 'paid', tags: ['paid', 'fast'] }),
    deployment({ model: 'usual', tags: ['default'] }),
  ];
  const order = (all: readonly Deployment[], tags?: readonly string[], tagFiltering = true) =>
    modelsOf(chooser({ tagFiltering }).chooser.order('group', all, turn({ switches: tags ? { tags } : {} })));

  test('decide who may answer', () => {
    expect(order(tagged, ['free'])).toEqual(['free']);
    expect(order(tagged, ['fast', 'other'])).toEqual(['paid']);
    expect(order(tagged)).toEqual(['usual']);
    expect(order(tagged, ['other'])).toEqual(['usual']);
  });

  test('leave the rest to those without any, and refuse where there are none', async () => {
    expect(order([...tagged.slice(0, 2), deployment({ model: 'plain' })], ['other'])).toEqual(['plain']);
    expect((await failureOf(() => order(tagged.slice(0, 2), ['other']))).code).toBe('key.forbidden');
  });

  test('mean nothing as long as nobody wants that', () => {
    expect(order(tagged, ['free'], false)).toHaveLength(3);
  });
});

test('an explanation says why each stands where it stands', () => {
  const { health, chooser: choosing } = chooser({ strategy: 'least-busy' });
  breakDown(health, 'acme/a');
  health.of('acme/b').visit(NOW_MS);
  const placed = choosing.explain('group', group.slice(0, 2), turn({ ask: ask({ model: 'group' }) }));
  expect(placed).toMatchObject([
    { deployment: { id: 'acme/b' }, why: '1 in flight', rest: undefined, overLimit: undefined },
    { deployment: { id: 'acme/a' }, why: '0 in flight', rest: { code: 'upstream.broke', leftMs: 5000 } },
  ]);
});

import { expect, test } from 'vitest';
import { ask, deployment, failureOf, turn } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { Turn } from '../model/turn.ts';
import type { Catalog } from './catalog.ts';
import type { Deployment } from './deployment.ts';
import { plan, type FallbackSettings } from './plan.ts';

const NO_LISTS: FallbackSettings = {
  fallbacks: {},
  defaultFallbacks: [],
  contextWindowFallbacks: {},
  contentPolicyFallbacks: {},
};

function names(...known: readonly string[]): Catalog {
  return {
    names: () => [],
    deploymentsOf: (name) => {
      if (!known.includes(name)) throw new GatewayError('model.unknown', `no ${name}`);
      return [deployment({ model: name })];
    },
  };
}

const IN_ORDER = { order: (_: string, deployments: readonly Deployment[]) => deployments };

const KNOWN = names('a', 'b', 'c', 'd');

function after(code: ErrorCode, settings: Partial<FallbackSettings>, overrides: Partial<Turn> = {}): string[] {
  const asking = turn({ ask: ask({ model: 'a' }), ...overrides });
  return plan(asking, KNOWN, { ...NO_LISTS, ...settings }, IN_ORDER)
    .after(code)
    .map(({ name }) => name);
}

test('an unknown name has no plan', async () => {
  const error = await failureOf(() => plan(turn({ ask: ask({ model: 'x' }) }), KNOWN, NO_LISTS, IN_ORDER));
  expect(error.code).toBe('model.unknown');
});

test('fallbacks come in the order they are listed', () => {
  expect(after('upstream.broke', { fallbacks: { a: ['c', 'b'] } })).toEqual(['c', 'b']);
  expect(after('upstream.broke', { fallbacks: { b: ['c'] } })).toEqual([]);
});

test('the default list is for models that have none of their own', () => {
  expect(after('upstream.broke', { defaultFallbacks: ['d'] })).toEqual(['d']);
  expect(after('upstream.broke', { fallbacks: { a: [] }, defaultFallbacks: ['d'] })).toEqual([]);
});

test('each kind of refusal has a list of its own, and the general one stands in', () => {
  const lists = { fallbacks: { a: ['b'] }, contextWindowFallbacks: { a: ['c'] }, contentPolicyFallbacks: { a: ['d'] } };
  const codes = ['upstream.context-window', 'upstream.content-policy', 'upstream.broke'] as const;
  expect(codes.map((code) => after(code, lists))).toEqual([['c'], ['d'], ['b']]);
  expect(after('upstream.context-window', { fallbacks: { a: ['b'] } })).toEqual(['b']);
});

test('the caller’s own list replaces the configured ones', () => {
  const switches = { fallbacks: ['d'] };
  const lists = { fallbacks: { a: ['b'] }, contextWindowFallbacks: { a: ['c'] } };
  expect(after('upstream.broke', lists, { switches })).toEqual(['d']);
  expect(after('upstream.context-window', lists, { switches })).toEqual(['d']);
});

test('a caller may do without fallbacks', () => {
  expect(after('upstream.broke', { fallbacks: { a: ['b'] } }, { switches: { disableFallbacks: true } })).toEqual([]);
});

test('a key that may use some models only never falls back to another, whoever lists it', () => {
  const caller = { keyId: 'k', role: 'basic', models: ['a', 'c'] } as const;
  expect(after('upstream.broke', {}, { caller, switches: { fallbacks: ['b', 'c'] } })).toEqual(['c']);
  expect(after('upstream.broke', { fallbacks: { a: ['b', 'c'] } }, { caller })).toEqual(['c']);
  expect(after('upstream.broke', { defaultFallbacks: ['b'] }, { caller })).toEqual([]);
  expect(after('upstream.context-window', { contextWindowFallbacks: { a: ['b'] } }, { caller })).toEqual([]);
});

test('the model that failed, and names that nobody serves, are passed over', () => {
  expect(after('upstream.broke', { fallbacks: { a: ['a', 'x', 'b'] } })).toEqual(['b']);
});

test('names of what every object has are no lists', () => {
  const asking = turn({ ask: ask({ model: 'constructor' }) });
  expect(plan(asking, names('constructor'), NO_LISTS, IN_ORDER).after('upstream.broke')).toEqual([]);
});

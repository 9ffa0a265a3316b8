import { expect, test } from 'vitest';
import { deployment, failureOf, turn } from '../../test/support.ts';
import type { Caller } from '../model/turn.ts';
import { inRegions } from './region.ts';

const ALL = [
  deployment({ model: 'said', region: 'EU' }),
  deployment({ model: 'aws', fields: { region: 'eu-west-1' } }),
  deployment({ model: 'google', fields: { location: 'europe-west4' } }),
  deployment({ model: 'america', region: 'us' }),
  deployment({ model: 'euphoria', region: 'euphoria-1' }),
  deployment({ model: 'nobody knows' }),
];

const allowed = (wished?: readonly string[], ofKey?: readonly string[]): string[] => {
  const caller: Caller = { keyId: 'k', role: 'basic', ...(ofKey ? { regions: ofKey } : {}) };
  return inRegions('group', ALL, turn({ caller, switches: wished ? { regions: wished } : {} })).map(
    ({ model }) => model,
  );
};

test('without a wish all may answer', () => {
  expect(allowed()).toHaveLength(ALL.length);
});

test('a region is its own name, a place in it, or what a cloud calls it', () => {
  expect(allowed(['eu'])).toEqual(['said', 'aws', 'google']);
  expect(allowed(['us', 'eu-west-1'])).toEqual(['aws', 'america']);
});

test('a key’s regions hold whatever the request says, and both must allow a target', async () => {
  expect(allowed(undefined, ['us'])).toEqual(['america']);
  expect(allowed(['eu', 'us'], ['us'])).toEqual(['america']);
  expect(await failureOf(() => allowed(['eu'], ['us']))).toMatchObject({ code: 'key.forbidden' });
});

test('what nobody said where it stands is nowhere', async () => {
  expect(await failureOf(() => allowed(['moon']))).toMatchObject({
    code: 'key.forbidden',
    message: 'No target of the model "group" is known to stand in moon.',
  });
});

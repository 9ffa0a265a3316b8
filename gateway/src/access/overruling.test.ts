import { expect, test } from 'vitest';
import type { Caller } from '../model/turn.ts';
import { overruled, type OverrulingSettings, switchesOf } from './overruling.ts';

const privacy = { maskBeforeLlm: true, maskInLogs: false, callersMaySwitchOff: false };
const settings: OverrulingSettings = { usual: { cache: 'ignore' }, roles: { basic: { tags: 'ignore' } }, privacy };
const caller: Caller = { keyId: 'k', role: 'basic' };

test('nothing changes where nothing is forbidden', () => {
  const switches = { retriesMax: 1, maskBeforeLlm: true };
  expect(overruled(switches, caller, settings)).toEqual({ switches, warnings: [] });
});

test('role, key and everybody are asked in this order', () => {
  const switches = { cache: { noCache: true }, tags: ['a'] };
  expect(overruled(switches, caller, settings).switches).toEqual({});
  expect(overruled(switches, { ...caller, role: 'admin' }, settings).switches).toEqual({ tags: ['a'] });
  expect(overruled(switches, { ...caller, switches: { cache: 'allow' } }, settings).switches).toEqual({
    cache: { noCache: true },
  });
});

test('masking that isn’t on needs no permission to stay off', () => {
  expect(overruled({ maskInLogs: false }, caller, settings).warnings).toEqual([]);
  expect(overruled({ maskBeforeLlm: false }, caller, settings).warnings).toHaveLength(1);
  const free: Caller = { ...caller, privacy: { callersMaySwitchOff: true } };
  expect(overruled({ maskBeforeLlm: false }, free, settings).warnings).toEqual([]);
});

test('only rules are read from a key’s metadata', () => {
  expect(switchesOf({ switches: { cache: 'refuse', tags: 'maybe', other: 'allow' } })).toEqual({ cache: 'refuse' });
  for (const switches of [undefined, null, 3, 'cache']) expect(switchesOf({ switches })).toBeUndefined();
});

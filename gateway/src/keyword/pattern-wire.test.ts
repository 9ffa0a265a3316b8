import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { changesIn, changesOut, newPattern, patternChange, patternOut, settingsChange } from './pattern-wire.ts';
import type { KeywordChanges } from './pattern-store.ts';

const BODY = { name: 'greeting', pattern: 'hello', tool: 'greet', description: 'Greets.' };

test('a new pattern has the original’s defaults, and the role that is set for new ones', () => {
  const pattern = newPattern(BODY, 'premium');
  expect(pattern).toEqual({ ...BODY, priority: 50, requiredRole: 'premium', enabled: true });
  expect(patternOut(pattern)).toEqual({ ...BODY, priority: 50, required_role: 'premium', enabled: true });
});

test.each([
  ['priority', { ...BODY, priority: 101 }],
  ['priority', { ...BODY, priority: 1.5 }],
  ['required_role', { ...BODY, required_role: 'god' }],
  ['enabled', { ...BODY, enabled: 'yes' }],
  ['tool', { ...BODY, tool: '' }],
  ['name', { ...BODY, name: '../etc' }],
  ['name', { ...BODY, name: '__proto__' }],
  ['pattern', { name: 'x', tool: 'y', description: 'z' }],
  ['priorty', { ...BODY, priorty: 5 }],
])('a wrong %s is refused by its name', async (param, body) => {
  const error = await failureOf(() => newPattern(body, 'basic'));
  expect([error.code, error.details.param]).toEqual(['request.invalid', param]);
});

test('of a change only what was sent counts, and null is not sent', () => {
  expect(patternChange({ priority: 90, required_role: 'admin', tool: null })).toEqual({
    changes: { priority: 90, requiredRole: 'admin' },
    updated: ['priority', 'required_role'],
  });
  expect(settingsChange({ enable_detection: false, detection_threshold: 0.4 })).toEqual({
    changes: { detection: false, detectionThreshold: 0.4 },
    updated: ['enable_detection', 'detection_threshold'],
  });
});

test.each([{ detection_threshold: 1.1 }, { enable_detection: 'on' }, { threshold: 0.5 }])(
  '%o is no setting',
  async (body) => expect((await failureOf(() => settingsChange(body))).code).toBe('request.invalid'),
);

test('changes that are stored are read again as they were', () => {
  const role = fc.constantFrom('basic', 'premium', 'admin');
  const pattern = fc.record({
    name: fc.constant('greeting'),
    pattern: fc.string(),
    tool: fc.string({ minLength: 1, maxLength: 20 }),
    description: fc.string(),
    priority: fc.nat(1000),
    requiredRole: role,
    enabled: fc.boolean(),
  });
  const settings = fc.record(
    { detection: fc.boolean(), detectionThreshold: fc.double({ min: 0, max: 1, noNaN: true }), defaultRole: role },
    { requiredKeys: [] },
  );
  const patterns = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.option(pattern));
  fc.assert(
    fc.property(fc.record({ patterns, settings }), (changes) => {
      const stored: unknown = JSON.parse(JSON.stringify(changesOut(changes as KeywordChanges)));
      expect(JSON.parse(JSON.stringify(changesIn(stored)))).toEqual(JSON.parse(JSON.stringify(changes)));
    }),
  );
});

test.each([null, 5, {}, { patterns: [], settings: {} }, { patterns: { x: { name: 'x' } }, settings: {} }])(
  '%o is not what was stored',
  (stored) => expect(changesIn(stored)).toBeUndefined(),
);

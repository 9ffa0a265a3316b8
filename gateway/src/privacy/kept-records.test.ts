import { expect, test } from 'vitest';
import { record } from '../../test/support.ts';
import { detectors } from '../detectors/index.ts';
import { GatewayError } from '../model/error.ts';
import { keptRecords } from './kept-records.ts';

const error = new GatewayError('upstream.refused', 'No ada@example.org here', { upstreamCode: 'x ada@example.org' });
const private_ = record({
  model: 'ada@example.org',
  tags: ['of 555-123-4567'],
  warnings: ['not ada@example.org'],
  error,
  attempts: [{ target: 'acme/m', provider: 'acme', model: 'm', fallback: 0, ms: 1, error }],
});
const settings = { maskInLogs: true, callersMaySwitchOff: true };

test('the free texts of a record hold no private values', () => {
  const kept = keptRecords(settings, detectors).record(private_);
  expect(kept).toMatchObject({ model: '<EMAIL>', tags: ['of <PHONE>'], warnings: ['not <EMAIL>'] });
  expect(kept.error).toMatchObject({ code: 'upstream.refused', message: 'No <EMAIL> here' });
  expect(JSON.stringify(kept)).not.toContain('ada@');
});

test('a record is kept as it is where nobody wants it masked', () => {
  const off = keptRecords({ ...settings, maskInLogs: false }, detectors);
  expect(off.record(private_)).toBe(private_);
  expect(off.record({ ...private_, masking: { wish: true, key: undefined } }).model).toBe('<EMAIL>');
  const on = keptRecords(settings, detectors);
  expect(on.record({ ...private_, masking: { wish: false, key: undefined } }).model).toBe('ada@example.org');
  const key = { callersMaySwitchOff: false };
  expect(on.record({ ...private_, masking: { wish: false, key } }).model).toBe('<EMAIL>');
});

test('what was thrown is masked as well, with its trace', () => {
  const thrown = new TypeError('ada@example.org is no number');
  const { cause } = keptRecords(settings, detectors);
  const kept = cause(thrown) as Error;
  expect([kept.name, kept.message]).toEqual(['TypeError', '<EMAIL> is no number']);
  expect(kept.stack).not.toContain('ada@');
  expect(kept.stack).toContain('kept-records.test');
  expect(cause('ada@example.org')).toBe('<EMAIL>');
});

import { expect, test } from 'vitest';
import { GatewayError } from '../model/error.ts';
import { connectionFailure } from './failure.ts';

function thrown(code: string, message = 'connect 10.0.0.7:443'): Error {
  return Object.assign(new Error(message), { code });
}

test.each([
  ['ECONNREFUSED', 'upstream.unreachable', 'refused'],
  ['ENOTFOUND', 'upstream.unreachable', 'resolved'],
  ['CONNECT_TIMEOUT', 'upstream.timeout', 'connect timer'],
  ['CLOSED', 'upstream.broke', 'closed'],
  ['ECONNRESET', 'upstream.broke', 'reset'],
  ['CUT_SHORT', 'upstream.broke', 'short'],
  ['HEAD_TOO_LARGE', 'upstream.bad-response', 'too large'],
  ['NOT_HTTP', 'upstream.bad-response', 'HTTP'],
  ['CERT_HAS_EXPIRED', 'upstream.unreachable', 'certificate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream.unreachable', 'certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'upstream.unreachable', 'certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'upstream.unreachable', 'certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'upstream.unreachable', 'certificate'],
  ['SOMETHING_NEW', 'upstream.broke', 'failed'],
])('%s is %s', (code, expected, word) => {
  const error = connectionFailure(thrown(code), 'acme');
  expect(error.code).toBe(expected);
  expect(error.message).toContain('acme');
  expect(error.message).toContain(word);
});

test('no address stands in the message, and the cause keeps it', () => {
  const cause = thrown('ECONNREFUSED');
  const error = connectionFailure(cause, 'acme');
  expect(error.message).not.toContain('10.0.0.7');
  expect(error.cause).toBe(cause);
});

test('when every address of a host was tried, the first failure counts', () => {
  const all = new AggregateError([thrown('ECONNREFUSED'), thrown('ENETUNREACH')]);
  expect(connectionFailure(all, 'acme').message).toContain('refused');
});

test('a failure inside a failure is found', () => {
  const outer = new Error('fetch failed', { cause: thrown('ENOTFOUND') });
  expect(connectionFailure(outer, 'acme').code).toBe('upstream.unreachable');
});

test('what is ours already stays as it is, and what is no error at all is told', () => {
  const ours = new GatewayError('upstream.timeout', 'late');
  expect(connectionFailure(ours, 'acme')).toBe(ours);
  expect(connectionFailure('nonsense', 'acme').code).toBe('upstream.broke');
});

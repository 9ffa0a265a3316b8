import { expect, test } from 'vitest';
import { answerOf, bodyOf, provider, firstEndpoint } from '../../test/support.ts';
import type { GatewayError } from '../model/error.ts';
import { refusal, retryAfterMs } from './refusal.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const KEY = 'sk-CANARY-provider-key';

function refused(
  status: number,
  body: unknown,
  { headers = {}, errors }: { headers?: Record<string, string>; errors?: Record<number, 'upstream.overloaded'> } = {},
): Promise<GatewayError> {
  const by = provider(errors ? { errors } : {});
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return refusal(answerOf([text], { status, headers }), {
    provider: by,
    endpoint: firstEndpoint(by),
    key: KEY,
    nowMs: NOW,
  });
}

test.each([
  [400, 'upstream.refused'],
  [401, 'upstream.auth'],
  [403, 'upstream.auth'],
  [404, 'upstream.not-found'],
  [408, 'upstream.timeout'],
  [409, 'upstream.broke'],
  [422, 'upstream.refused'],
  [429, 'upstream.rate-limited'],
  [500, 'upstream.broke'],
  [502, 'upstream.broke'],
  [503, 'upstream.overloaded'],
  [504, 'upstream.timeout'],
  [529, 'upstream.broke'],
])('%i is %s, and keeps its status and words', async (status, code) => {
  const error = await refused(status, { error: { message: 'No.', type: 't', code: 'c', param: 'p' } });
  expect(error).toMatchObject({ code, status, message: 'No.' });
  expect(error.details).toMatchObject({ upstreamType: 't', upstreamCode: 'c', param: 'p' });
});

test('a structured code says more than the status', async () => {
  const error = await refused(400, { error: { message: 'Too long.', code: 'context_length_exceeded' } });
  expect(error).toMatchObject({ code: 'upstream.context-window', status: 400 });
});

test('a provider may mean a status in its own way', async () => {
  const errors = { 529: 'upstream.overloaded' } as const;
  expect((await refused(529, {}, { errors })).code).toBe('upstream.overloaded');
});

test('a redirect is the provider’s failure; where it points to is not told', async () => {
  const error = await refused(307, '', { headers: { location: 'http://evil.test/' } });
  expect(error).toMatchObject({ code: 'upstream.bad-response', status: 502 });
  expect(error.message).not.toContain('evil');
});

test('a web page is never relayed', async () => {
  const error = await refused(503, '<html>secret page</html>', { headers: { 'content-type': 'text/html' } });
  expect(error).toMatchObject({ code: 'upstream.bad-response', status: 502 });
  const denied = await refused(403, '<html>secret page</html>', { headers: { 'content-type': 'text/html' } });
  expect(error.message + denied.message).not.toContain('secret');
});

test('the gateway’s own key is never repeated, wherever the provider puts it', async () => {
  const error = await refused(401, { error: { message: `Bad key ${KEY}.`, type: KEY, code: `x-${KEY}`, param: KEY } });
  expect(JSON.stringify([error.message, error.details])).not.toContain('CANARY');
  expect(error.message).toBe('Bad key [key].');
});

test('a message has an end', async () => {
  expect((await refused(400, { error: { message: 'a'.repeat(100_000) } })).message.length).toBeLessThan(5000);
});

test('what the provider said in its own words is marked, so that no log repeats it', async () => {
  expect((await refused(400, { error: { message: 'You said x.' } })).details.quoted).toBe(true);
  expect((await refused(400, '')).details.quoted).toBe(false);
});

test('an endless error body is read only so far, and let go', async () => {
  const body = bodyOf(
    Array.from({ length: 100 }, () => 'a'.repeat(10_000)),
    { stay: true },
  );
  const by = provider();
  const error = await refusal(
    { status: 500, headers: {}, body: { ...body, [Symbol.asyncIterator]: () => body[Symbol.asyncIterator]() } },
    { provider: by, endpoint: firstEndpoint(by), key: KEY, nowMs: NOW },
  );
  expect(error.message).toBe('acme answered 500.');
});

test('an error body that breaks off still leaves the status', async () => {
  const by = provider();
  const response = answerOf(['{"error"'], { status: 500, error: new Error('reset') });
  const error = await refusal(response, { provider: by, endpoint: firstEndpoint(by), key: KEY, nowMs: NOW });
  expect(error).toMatchObject({ code: 'upstream.broke', status: 500 });
});

test.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9000],
  [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, undefined],
  [{ 'retry-after': '0' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '1, 2' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{}, undefined],
])('%o asks for %s ms', (headers, expected) => {
  expect(retryAfterMs(headers, NOW)).toBe(expected);
});

test('what the provider asks to wait goes along with its refusal', async () => {
  expect((await refused(429, {}, { headers: { 'retry-after': '7' } })).details.retryAfterMs).toBe(7000);
});

import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../model/error.ts';
import type { ErrorCode } from '../../model/error-rules.ts';
import { anthropicMessages } from './anthropic-messages.ts';

describe('an error before the first byte', () => {
  const said = (code: ErrorCode, details = {}) =>
    JSON.parse(anthropicMessages.encodeError(new GatewayError(code, 'Why.', details), 'req_1').toString()) as unknown;

  test.each<readonly [ErrorCode, string]>([
    ['request.invalid', 'invalid_request_error'],
    ['key.missing', 'authentication_error'],
    ['key.forbidden', 'permission_error'],
    ['model.unknown', 'not_found_error'],
    ['request.too-large', 'request_too_large'],
    ['request.timeout', 'timeout_error'],
    ['upstream.rate-limited', 'rate_limit_error'],
    ['upstream.overloaded', 'overloaded_error'],
    ['upstream.timeout', 'timeout_error'],
    ['upstream.broke', 'api_error'],
    ['gateway.bug', 'api_error'],
  ])('%s is said as %s', (code, type) => {
    expect(said(code)).toEqual({ type: 'error', error: { type, message: 'Why.' }, request_id: 'req_1' });
  });

  test('keeps the provider’s own type where it is one of this wire’s', () => {
    expect(said('upstream.refused', { upstreamType: 'billing_error' })).toMatchObject({
      error: { type: 'billing_error' },
    });
    expect(said('upstream.refused', { upstreamType: 'server_error' })).toMatchObject({
      error: { type: 'invalid_request_error' },
    });
  });

  test('follows the provider’s own status', () => {
    expect(said('upstream.refused', { status: 402 })).toMatchObject({ error: { type: 'billing_error' } });
    const openai = { status: 401, upstreamType: 'invalid_request_error' };
    expect(said('upstream.auth', openai)).toMatchObject({ error: { type: 'authentication_error' } });
  });
});

describe('the details of an error', () => {
  const details = (code: ErrorCode, more: object) =>
    (
      JSON.parse(anthropicMessages.encodeError(new GatewayError(code, 'Why.', more), 'req_1').toString()) as {
        error: object;
      }
    ).error;

  test('keep the provider’s own code', () => {
    expect(details('upstream.refused', { upstreamCode: 'thread_not_found' })).toMatchObject({
      details: { error_code: 'thread_not_found' },
    });
  });

  test('tell Anthropic’s client to go on without a thread where there are none', () => {
    expect(details('request.unsupported', { param: 'thread' })).toMatchObject({
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    });
    expect(details('request.unsupported', { param: 'top_k' })).not.toHaveProperty('details');
  });
});

describe('a provider’s complaint', () => {
  const complaint = (type: string, message: string, more = {}) =>
    anthropicMessages.readError({ type: 'error', error: { type, message, ...more } });

  test.each([
    ['overloaded_error', 'Overloaded', 'overloaded'],
    ['rate_limit_error', 'prompt is too long', 'rate-limited'],
    ['invalid_request_error', 'prompt is too long: 3 tokens > 2 maximum', 'context-window'],
    ['invalid_request_error', 'input length and `max_tokens` exceed context limit: 9 > 8', 'context-window'],
    ['invalid_request_error', 'Output blocked by content filtering policy', 'content-policy'],
    ['invalid_request_error', 'messages: at least one', undefined],
    ['not_found_error', 'model: prompt is too long', undefined],
  ])('of %s that says “%s” means %s', (type, message, means) => {
    expect(complaint(type, message)).toMatchObject({ type, message, means });
  });

  test('may have a code of its own', () => {
    expect(complaint('invalid_request_error', 'x', { details: { error_code: 'c' } }).code).toBe('c');
    expect(complaint('invalid_request_error', 'x', { code: 'context_length_exceeded' }).means).toBe('context-window');
  });

  test.each([
    ['Bad gateway', 'Bad gateway'],
    [{ error: 'Bad key' }, 'Bad key'],
    [{ message: 'Missing token' }, 'Missing token'],
    [{ error: {} }, undefined],
    [undefined, undefined],
  ])('in the shape %j is read as well', (body, message) => {
    expect(anthropicMessages.readError(body).message).toBe(message);
  });
});

import { describe, expect, test } from 'vitest';
import { GatewayError } from '../model/error.ts';
import { readComplaint, replyError, writeError } from './openai-errors.ts';

describe('an error of ours', () => {
  test.each([
    [new GatewayError('request.invalid', 'x', { param: 'n' }), 'invalid_request_error', 'n', 'request.invalid'],
    [new GatewayError('key.missing', 'x'), 'authentication_error', null, 'invalid_api_key'],
    [new GatewayError('key.forbidden', 'x'), 'permission_error', null, 'key.forbidden'],
    [new GatewayError('model.unknown', 'x'), 'not_found_error', null, 'model_not_found'],
    [new GatewayError('upstream.rate-limited', 'x'), 'rate_limit_error', null, 'upstream.rate-limited'],
    [new GatewayError('upstream.context-window', 'x'), 'invalid_request_error', null, 'context_length_exceeded'],
    [new GatewayError('gateway.bug', 'x'), 'server_error', null, 'gateway.bug'],
    [
      new GatewayError('upstream.refused', 'x', { upstreamType: 'their_type', upstreamCode: 'their_code' }),
      'their_type',
      null,
      'their_code',
    ],
  ])('is said as OpenAI says errors (%#)', (error, type, param, code) => {
    expect(writeError(error)).toEqual({ error: { message: 'x', type, param, code } });
  });
});

describe('a provider’s complaint', () => {
  test.each([
    [
      'OpenAI',
      { error: { message: 'm', type: 't', param: 'p', code: 'context_length_exceeded' } },
      'm',
      'context-window',
    ],
    [
      'DeepSeek',
      { error: { message: 'This model’s maximum context length is 9', code: 'invalid_request_error' } },
      'This model’s maximum context length is 9',
      'context-window',
    ],
    [
      'Ollama',
      { error: { message: 'prompt too long; exceeded max context length by 9 tokens' } },
      'prompt too long; exceeded max context length by 9 tokens',
      'context-window',
    ],
    ['Perplexity', { error: { message: 'm', type: 'too_many_prompt_tokens', code: 400 } }, 'm', 'context-window'],
    [
      'Azure',
      { error: { message: 'm', code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'm',
      'content-policy',
    ],
    ['Azure, busy', { error: { code: 'RateLimitReached', message: 'm' } }, 'm', 'rate-limited'],
    ['OpenRouter', { error: { code: 429, message: 'm' } }, 'm', 'rate-limited'],
    ['an overloaded host', { error: { type: 'overloaded_error', message: 'm' } }, 'm', 'overloaded'],
    ['Mistral', { detail: 'Invalid API Key' }, 'Invalid API Key', undefined],
    ['FastAPI', { detail: [{ msg: 'x' }] }, '[{"msg":"x"}]', undefined],
    ['vLLM', { object: 'error', message: 'm', code: 404 }, 'm', undefined],
    ['Gemini', [{ error: { message: 'm', code: 503 } }], 'm', 'overloaded'],
    ['a plain text', 'Bad gateway', 'Bad gateway', undefined],
    ['nothing', undefined, undefined, undefined],
  ])('is understood from %s', (_, body, message, means) => {
    expect(readComplaint(body)).toMatchObject({ message, means });
  });

  test('is judged by its code before its text, so that a prompt cannot pretend', () => {
    const body = { error: { message: 'you said: maximum context length is 429', code: 'rate_limit_exceeded' } };
    expect(readComplaint(body).means).toBe('rate-limited');
    expect(readComplaint({ error: { message: 'the number 429, rate limit' } }).means).toBeUndefined();
  });

  test('has numbers as codes too', () => {
    expect(readComplaint({ error: { code: 401, type: '', param: null } })).toMatchObject({
      code: '401',
      type: undefined,
    });
  });
});

test.each([
  [{ message: 'm', code: 'tool_use_failed', status_code: 400 }, 'upstream.broke'],
  [{ message: 'm', code: 429 }, 'upstream.rate-limited'],
  [{ message: 'm', status: 529 }, 'upstream.overloaded'],
  [{ message: 'm', code: 'context_length_exceeded' }, 'upstream.context-window'],
  ['it broke', 'upstream.broke'],
])('an error inside a reply means what its code says: %j', (wire, code) => {
  expect(replyError(wire).code).toBe(code);
});

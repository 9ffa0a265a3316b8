import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import { wishes } from './switches.ts';

test('a request without wishes has none', () => {
  expect(wishes({ model: 'm', metadata: { a: 1 }, user: 'u' }, {})).toEqual({
    switches: {},
    ownFields: [],
    warnings: [],
  });
});

test('wishes are read from the body, and their fields are named so that they can be taken out', () => {
  const body = {
    model: 'm',
    fallbacks: ['a', 'b'],
    disable_fallbacks: true,
    num_retries: 0,
    timeout: 2.5,
    tags: ['x'],
    drop_params: true,
    additional_drop_params: ['seed', 'tools[*].strict'],
    allowed_openai_params: 'seed, user',
    mock_response: 'Hi',
    mask_pii_before_llm: 1,
    mask_pii_in_logs: 'no',
    guardrails: ['strict'],
    use_synthlang: false,
    synthlang_compression_level: 'high',
    cache: { 'no-cache': true },
  };
  const { switches, ownFields } = wishes(body, {});
  expect(switches).toEqual({
    fallbacks: ['a', 'b'],
    disableFallbacks: true,
    retriesMax: 0,
    timeoutMs: 2500,
    tags: ['x'],
    dropParams: true,
    additionalDropParams: ['seed', 'tools[*].strict'],
    allowedOpenaiParams: ['seed', 'user'],
    mockResponse: 'Hi',
    maskBeforeLlm: true,
    maskInLogs: false,
    guardrails: ['strict'],
    savesTokens: false,
    savingLevel: 'high',
    cache: { noCache: true },
  });
  expect(ownFields.toSorted()).toEqual(
    Object.keys(body)
      .filter((name) => name !== 'model')
      .toSorted(),
  );
});

test('a header says the same as the field, and wins', () => {
  const headers = {
    'x-synthlang-fallbacks': 'b, c',
    'x-litellm-num-retries': '3',
    'x-synthlang-timeout': '7',
    'x-litellm-tags': 'one,two',
    'x-synthlang-disable-fallbacks': 'no',
  };
  const body = { fallbacks: ['a'], num_retries: 1, timeout: 1, disable_fallbacks: true };
  expect(wishes(body, headers)).toMatchObject({
    switches: { fallbacks: ['b', 'c'], retriesMax: 3, timeoutMs: 7000, tags: ['one', 'two'], disableFallbacks: false },
    ownFields: ['fallbacks', 'num_retries', 'timeout', 'disable_fallbacks'],
  });
});

test('the original’s headers for masking, and LiteLLM’s object of guards, are understood', () => {
  const headers = { 'x-mask-pii-before-llm': '1', 'x-mask-pii-in-logs': '0' };
  const body = { mask_pii_before_llm: false, guardrails: { strict: { extra_body: {} } } };
  expect(wishes(body, headers).switches).toEqual({
    maskBeforeLlm: true,
    maskInLogs: false,
    guardrails: ['strict'],
  });
});

test('our own header wins over LiteLLM’s', () => {
  const headers = { 'x-synthlang-timeout': '1', 'x-litellm-timeout': '9' };
  expect(wishes({}, headers).switches.timeoutMs).toBe(1000);
});

test.each([
  ['use_gzip in the body', { use_gzip: true }, {}],
  ['the header X-Use-Gzip', {}, { 'x-use-gzip': '1' }],
])('%s is accepted, and it is said that it can’t help', (_, body, headers) => {
  expect(wishes(body, headers).warnings.join()).toContain('use_gzip');
});

test('gzip that isn’t wished for needs no words', () => {
  expect(wishes({ use_gzip: false }, {})).toEqual({ switches: {}, ownFields: ['use_gzip'], warnings: [] });
});

test('null is no wish, but still ours', () => {
  const body = {
    fallbacks: null,
    num_retries: null,
    timeout: null,
    tags: null,
    mock_response: null,
    drop_params: null,
  };
  const { switches, ownFields } = wishes(body, {});
  expect(switches).toEqual({});
  expect(ownFields).toHaveLength(6);
});

test.each([
  ['1', true],
  ['true', true],
  ['YES', true],
  ['on', true],
  [1, true],
  ['0', false],
  ['off', false],
  [false, false],
])('%o is read as %o', (said, expected) => {
  expect(wishes({ disable_fallbacks: said }, {}).switches.disableFallbacks).toBe(expected);
});

test.each([
  ['fallbacks', [{ 'gpt-4': ['x'] }]],
  ['fallbacks', ['']],
  ['fallbacks', Array.from({ length: 11 }, () => 'm')],
  ['fallbacks', 7],
  ['tags', ['a'.repeat(257)]],
  ['disable_fallbacks', 'maybe'],
  ['disable_fallbacks', {}],
  ['use_gzip', { toString: 1 }],
  ['drop_params', []],
  ['num_retries', -1],
  ['num_retries', 1.5],
  ['num_retries', 21],
  ['num_retries', '1e3'],
  ['num_retries', ''],
  ['num_retries', true],
  ['timeout', 0],
  ['timeout', 'soon'],
  ['timeout', 86_401],
  ['timeout', '   '],
  ['mock_response', { a: 1 }],
])('%s: %o is refused, and the field named', async (field, value) => {
  const error = await failureOf(() => wishes({ [field]: value }, {}));
  expect(error).toMatchObject({ code: 'request.invalid', details: { param: field } });
});

test('whatever is said, it is understood or refused; never a fault of ours', () => {
  const fields = [
    'fallbacks',
    'disable_fallbacks',
    'num_retries',
    'timeout',
    'tags',
    'drop_params',
    'mock_response',
    'use_gzip',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
      try {
        expect(wishes({ [field]: value }, {}).ownFields).toEqual([field]);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError);
      }
    }),
  );
});

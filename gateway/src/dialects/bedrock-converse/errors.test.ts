import { expect, test } from 'vitest';
import { readError } from './errors.ts';

const ADDRESS = 'http://internal.amazon.com/coral/com.amazon.bedrock/';

test.each([
  ['ThrottlingException', 'Too many requests, please wait.', 'rate-limited'],
  ['ServiceQuotaExceededException', 'No.', 'rate-limited'],
  ['ServiceUnavailableException', 'Later.', 'overloaded'],
  ['ModelNotReadyException', 'Soon.', 'overloaded'],
  ['ValidationException', 'Input is too long for requested model.', 'context-window'],
  ['ValidationException', 'The provided model identifier is invalid.', undefined],
])('%s in the header: %s', (type, message, means) => {
  const said = { message, type, means };
  expect(readError({ message }, { 'x-amzn-errortype': `${type}:${ADDRESS}` })).toMatchObject(said);
  expect(readError({ message, __type: `com.amazon.coral.service#${type}` })).toMatchObject(said);
});

test('the header counts more than the body, and neither has to be there', () => {
  const headers = { 'x-amzn-errortype': 'ThrottlingException' };
  expect(readError({ __type: 'ValidationException', message: 'm' }, headers).type).toBe('ThrottlingException');
  expect(readError(undefined)).toMatchObject({ message: undefined, type: undefined, means: undefined });
});

import { expect, test } from 'vitest';
import { bedrock } from './bedrock.ts';

test.each([
  ['us.amazon.nova-pro-v1:0', false, '/model/us.amazon.nova-pro-v1%3A0/converse'],
  ['converse/qwen.qwen3-32b-v1:0', true, '/model/qwen.qwen3-32b-v1%3A0/converse-stream'],
  [
    'arn:aws:bedrock:eu-west-1:1234:inference-profile/eu.m',
    false,
    '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1234%3Ainference-profile%2Feu.m/converse',
  ],
])('the model %s is one part of the path', (model, stream, expected) => {
  const path = bedrock.chat[0]?.path;
  const named = bedrock.modelNamed?.(model) ?? model;
  expect(typeof path === 'function' && path({ model: named, stream, fields: {} })).toBe(expected);
});

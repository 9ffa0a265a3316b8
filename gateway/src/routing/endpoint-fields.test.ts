import { expect, test } from 'vitest';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { withEndpointFields } from './endpoint-fields.ts';

const endpoint = { dialect: openaiChat, path: '/chat' };
const fitted = (text: string, more: object): string =>
  String(withEndpointFields(Buffer.from(text), { ...endpoint, ...more }));

test.each([
  ['{"model":"m","messages":[1]}', '{"version":"v1","messages":[1]}'],
  ['{ "messages" : [1] , "model":"m" }', '{"version":"v1", "messages" : [1] }'],
  ['{"version":"theirs","model":"m","messages":[]}', '{"version":"v1","messages":[]}'],
])('what the path says is out, and what is always wanted is in: %s', (text, expected) => {
  expect(fitted(text, { inPath: ['model'], adds: { version: 'v1' } })).toBe(expected);
});

test('most endpoints are sent the bytes as they are', () => {
  expect(fitted('{ "model" : 1 }', {})).toBe('{ "model" : 1 }');
});

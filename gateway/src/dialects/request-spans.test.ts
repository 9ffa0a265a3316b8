import { expect, test } from 'vitest';
import type { Origin } from '../model/request.ts';
import { requestSpans } from './request-spans.ts';

const origin = (text: string, body = JSON.parse(text) as Origin['body']): Origin => ({
  dialect: 'openai-chat',
  bytes: Buffer.from(text),
  body,
});

test('gives every top-level field of a request once, in its order', () => {
  const spans = requestSpans(origin('{"model": "m", "messages": [{"model": "inside"}], "stream": true}'));
  expect(spans.map(({ key }) => key)).toEqual(['model', 'messages', 'stream']);
});

test('is worked out once while a request is worked on', () => {
  const asked = origin('{"model":"m"}');
  expect(requestSpans(asked)).toBe(requestSpans(asked));
});

test.each([
  ['one that decides', '{"model":"a","model":"b"}', 'model'],
  ['one that nobody here knows', '{"top_k":1,"model":"a","top_k":2}', 'top_k'],
  ['in disguise', '{"model":"a","mod\\u0065l":"b"}', 'model'],
])('refuses a field that stands twice: %s', (_, text, param) => {
  // Fields of ours may have been taken out of what was parsed.
  for (const asked of [origin(text), origin(text, {})])
    expect(() => requestSpans(asked)).toThrow(expect.objectContaining({ code: 'request.invalid', details: { param } }));
});

test('refuses what is not one object', () => {
  expect(() => requestSpans(origin('[1]'))).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

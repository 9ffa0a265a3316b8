import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { lenientIngress } from './lenient.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain' };

function asked(body: string | Buffer, headers: Record<string, string> = TEXT_TYPE, query = '') {
  const call = lenientIngress(Buffer.from(body), headers, new URLSearchParams(query));
  return { ...call, body: call.ask.origin?.body ?? {}, request: call.ask.look() };
}

test.each([
  ['plain text', TEXT_TYPE],
  ['no content type', {}],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
])('%s is one message of the user, with the defaults', (_, headers) => {
  expect(asked('What is “love”?\n', headers).body).toEqual({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'What is “love”?\n' }],
    temperature: 1,
    stream: false,
  });
});

test('the query says model and settings', () => {
  const { request } = asked('Hi', TEXT_TYPE, 'model=m&temperature=0&stream=yes&max_tokens=7');
  expect(request).toMatchObject({ model: 'm', temperature: 0, stream: true, maxOutputTokens: 7 });
});

test.each([
  ['0', 0],
  ['2', 2],
  ['0.7', 0.7],
  ['2.1', 1],
  ['-1', 1],
  ['hot', 1],
  ['', 1],
  ['%20', 1],
  ['NaN', 1],
  ['Infinity', 1],
])('temperature=%s is %s', (text, expected) => {
  expect(asked('Hi', TEXT_TYPE, `temperature=${text}`).body['temperature']).toBe(expected);
});

test.each([
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['on', false],
  ['', false],
])('stream=%s is %s', (text, expected) => {
  expect(asked('Hi', TEXT_TYPE, `stream=${text}`).ask.head.stream).toBe(expected);
});

test.each(['many', '0', '-3', '1.5', '', '1e99'])('max_tokens=%s is none', (text) => {
  expect(asked('Hi', TEXT_TYPE, `max_tokens=${text}`).body).not.toHaveProperty('max_tokens');
});

test('malformed JSON is a text, and that is said', () => {
  const { body, warnings } = asked('{"model": "m", oops', JSON_TYPE);
  expect(body['messages']).toEqual([{ role: 'user', content: '{"model": "m", oops' }]);
  expect(warnings.join()).toContain('malformed');
});

test('JSON under another name is a text, and that is said', () => {
  const { body, warnings } = asked('{"model": "m"}', TEXT_TYPE);
  expect(body['model']).toBe('gpt-4o-mini');
  expect(warnings.join()).toContain('content type');
});

test('JSON is read as ever, and the query means nothing to it', () => {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], tags: ['t'] });
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/x+json',
  ]) {
    const { request, switches, warnings } = asked(body, { 'content-type': type }, 'model=other&stream=1');
    expect(request).toMatchObject({ model: 'm', stream: false });
    expect([switches, warnings]).toEqual([{ tags: ['t'] }, []]);
  }
});

test.each([
  ['no messages', '{"model":"m"}', 'messages'],
  [
    'a temperature that is too high',
    '{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":3}',
    'temperature',
  ],
  ['a list', '[1]', undefined],
  ['null', 'null', undefined],
])('JSON that is well-formed but has %s is refused', async (_, body, param) => {
  const error = await failureOf(() => asked(body, JSON_TYPE));
  expect(error).toMatchObject({ code: 'request.invalid', status: 400 });
  expect(error.details.param).toBe(param);
});

test('a content that is an object is its JSON text here too', () => {
  const { request } = asked('{"model":"m","messages":[{"role":"user","content":{"a":1}}]}', JSON_TYPE);
  expect(request.messages[0]?.content).toEqual([{ type: 'text', text: '{"a":1}' }]);
});

test.each([
  ['nothing', '', TEXT_TYPE],
  ['blanks', ' \n', TEXT_TYPE],
  ['nothing that should be JSON', '', JSON_TYPE],
  ['bytes that are no text', Buffer.from([0xff, 0xfe]), TEXT_TYPE],
  ['bytes that are no JSON', Buffer.from([0x7b, 0xff]), JSON_TYPE],
])('%s is refused', async (_, body, headers) => {
  expect((await failureOf(() => asked(body, headers))).code).toBe('request.invalid');
});

test('headers still say the caller’s wishes', () => {
  const { switches } = asked('Hi', { ...TEXT_TYPE, 'x-synthlang-num-retries': '2' });
  expect(switches).toEqual({ retriesMax: 2 });
});

test('any text comes through to the letter', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== ''),
      (text) => {
        expect(asked(text).request.messages).toEqual([{ role: 'user', content: [{ type: 'text', text }] }]);
      },
    ),
  );
});

import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { ingress, jsonObject, withTextContent } from './ingress.ts';

const messages = [{ role: 'user', content: 'Hello' }];

function read(body: unknown) {
  return ingress(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'openai-chat', {});
}

test('a request keeps the bytes it came as', () => {
  const text = '{ "model": "m",  "messages": [{"role":"user","content":"Hi"}] }';
  const { ask, switches, ownFields } = read(text);
  expect(String(ask.origin?.bytes)).toBe(text);
  expect([ask.head.model, switches, ownFields]).toEqual(['m', {}, []]);
});

test.each([
  ['nothing', ''],
  ['half an object', '{"model":'],
  ['a list', '[]'],
  ['a number', '7'],
  ['null', 'null'],
  ['a text', '"hello"'],
])('%s is refused', async (_, text) => {
  expect((await failureOf(() => read(text))).code).toBe('request.invalid');
});

test('bytes that aren’t UTF-8 are refused, not repaired', async () => {
  const bytes = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  expect((await failureOf(() => jsonObject(bytes))).message).toContain('UTF-8');
});

test('what can’t be parsed is not repeated', async () => {
  expect((await failureOf(() => read('{"secret": CANARY}'))).message).not.toContain('CANARY');
});

test('a content that is an object is sent as its JSON text', () => {
  const content = { question: 'Why?', nested: { deep: [1, 2] } };
  const { ask } = read({ model: 'm', brand_new: 1, messages: [messages[0], { role: 'user', content }] });
  expect(JSON.parse(String(ask.origin?.bytes))).toEqual({
    model: 'm',
    brand_new: 1,
    messages: [messages[0], { role: 'user', content: JSON.stringify(content) }],
  });
  expect(ask.look().messages[1]?.content).toEqual([{ type: 'text', text: JSON.stringify(content) }]);
});

test('texts, lists of parts and nothing stay as they are', () => {
  const origin = {
    dialect: 'openai-chat' as const,
    bytes: Buffer.from(''),
    body: {
      messages: [
        ...messages,
        { role: 'user', content: [{ type: 'text', text: 'x' }] },
        { role: 'assistant', content: null },
      ],
    },
  };
  expect(withTextContent(origin)).toBe(origin);
});

test.each([
  ['as an object', (deep: string) => `{"model":"m","messages":[{"role":"user","content":${deep}}]}`],
  ['as a field nobody knows', (deep: string) => `{"model":"m","messages":[{"role":"user","content":"x"}],"x":${deep}}`],
  ['as a tool', (deep: string) => `{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[${deep}]}`],
])('an abyss of brackets %s is no fault of ours', async (_, body) => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  try {
    read(body(deep));
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'request.invalid' });
  }
  const error = await failureOf(() => read(`{"model":"m","messages":${'['.repeat(1_000_000)}`));
  expect(error.code).toBe('request.invalid');
});

test('names that every object has are fields like others', () => {
  const { ask } = read('{"model":"m","messages":[{"role":"user","content":"x"}],"__proto__":{"x":1},"constructor":1}');
  expect(ask.head.model).toBe('m');
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

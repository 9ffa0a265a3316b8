import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Origin } from '../model/request.ts';
import { patchOpenaiRequest } from './openai-request-patch.ts';

function origin(text: string): Origin {
  return { dialect: 'openai-chat', bytes: Buffer.from(text), body: JSON.parse(text) as Record<string, unknown> };
}

function patched(text: string, model: string, cut: readonly string[] = []): string {
  return String(patchOpenaiRequest(origin(text), { model, cut }));
}

test('a request that needs no change goes out as the very same bytes', () => {
  const asked = origin('{"model":"m", "messages":[]}');
  expect(patchOpenaiRequest(asked, { model: 'm', cut: ['fallbacks'] })).toBe(asked.bytes);
});

test('only the model changes, and every space and escape around it stays', () => {
  expect(patched('{ "messages" : [ "\\u00e9", {"model":"inner"} ] , "model" : "a" }\n', 'b"c')).toBe(
    '{ "messages" : [ "\\u00e9", {"model":"inner"} ] , "model" : "b\\"c" }\n',
  );
});

test.each([
  ['{"model":"m","stream":true}', '{"stream_options":{"include_usage":true},"model":"m","stream":true}'],
  [
    '{"stream":true,"model":"m","stream_options":{"include_usage":false,"x":1}}',
    '{"stream":true,"model":"m","stream_options":{"include_usage":true,"x":1}}',
  ],
  [
    '{"stream":true,"model":"m","stream_options":{}}',
    '{"stream":true,"model":"m","stream_options":{"include_usage":true}}',
  ],
  [
    '{"stream":true,"model":"m","stream_options":{ "x":1}}',
    '{"stream":true,"model":"m","stream_options":{"include_usage":true, "x":1}}',
  ],
  [
    '{"stream":true,"model":"m","stream_options":null}',
    '{"stream":true,"model":"m","stream_options":{"include_usage":true}}',
  ],
  ['{"model":"m","stream":false}', '{"model":"m","stream":false}'],
])('a stream, and only a stream, is asked for its usage: %s', (text, expected) => {
  expect(patched(text, 'm')).toBe(expected);
});

test('a host that does not take stream_options is not given any', () => {
  expect(patched('{"model":"m","stream":true}', 'm', ['stream_options'])).toBe('{"model":"m","stream":true}');
  expect(patched('{"model":"m","stream":true,"stream_options":{}}', 'm', ['stream_options'])).toBe(
    '{"model":"m","stream":true}',
  );
});

test('it says that it is not sure where stream_options contradict themselves', () => {
  const asked = origin('{"model":"m","stream":true,"stream_options":{"include_usage":true,"include_usage":false}}');
  expect(patchOpenaiRequest(asked, { model: 'm', cut: [] })).toBeUndefined();
});

test('whatever is cut and set, the rest of the request is what it was', () => {
  const names = ['a', 'b', 'c', 'stream_options', 'tags', 'model'];
  const entry = fc.tuple(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }));
  const fields = fc.uniqueArray(entry, { selector: ([name]) => name });
  fc.assert(
    fc.property(fields, fc.boolean(), fc.subarray(['a', 'c', 'tags']), fc.nat(3), (entries, stream, cut, indent) => {
      const options = { include_usage: false, other: 1 };
      const asked = {
        ...Object.fromEntries(entries),
        model: 'm',
        stream,
        ...(stream ? { stream_options: options } : {}),
      };
      const body = JSON.parse(patched(JSON.stringify(asked, null, indent), 'new', cut)) as unknown;
      const expected = Object.entries({
        ...asked,
        model: 'new',
        ...(stream ? { stream_options: { ...options, include_usage: true } } : {}),
      }).filter(([name]) => !(cut as readonly string[]).includes(name));
      expect(body).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(expected))));
    }),
  );
});

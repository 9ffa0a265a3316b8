import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutPaths } from './json-paths.ts';

const without = (text: string, ...paths: string[]): string => String(cutPaths(Buffer.from(text), paths).bytes);

test.each([
  ['{"a":1,"b":2}', 'a', '{"b":2}'],
  ['{"a":{"b":1,"c":2}}', 'a.b', '{"a":{"c":2}}'],
  ['{"a":[{"x":1},{"x":2,"y":3}]}', 'a[0].x', '{"a":[{},{"x":2,"y":3}]}'],
  ['{"a":[{"x":1},{"x":2,"y":3}]}', 'a[*].x', '{"a":[{},{"y":3}]}'],
  ['{"a":[1, 2, 3]}', 'a[1]', '{"a":[1, 3]}'],
  ['{"a":[1,2],"b":[]}', 'a[*]', '{"a":[],"b":[]}'],
  ['{"a":[[{"x":1}]]}', 'a[*][0].x', '{"a":[[{}]]}'],
])('%s without %s', (text, path, left) => {
  expect(without(text, path)).toBe(left);
  expect(cutPaths(Buffer.from(text), [path, 'nowhere.else']).found).toEqual([path]);
});

test.each(['', 'a.b', 'a[9]', 'a[-1]', 'a[x]', 'b[*].c', '[0]', '....', 'a[0'])('%o leads nowhere', (path) => {
  const text = '{ "a" : [1,  {"b": 1e400}], "b": "x" }';
  expect(without(text, path)).toBe(text);
});

test('several paths are cut at once, one within another too', () => {
  expect(without('{"a":{"b":1,"c":2},"d":3,"e":4}', 'a.b', 'a', 'e', 'd')).toBe('{}');
});

test('what is left says the same as before, whatever the object', () => {
  const keys = fc.constantFrom('a', 'b', 'c');
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      fc.integer(),
      fc.string(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(keys, value), keys, keys, (body, one, other) => {
      const left = JSON.parse(without(JSON.stringify(body), `${one}.${other}`)) as Record<string, unknown>;
      const expected = structuredClone(body);
      const inner = expected[one];
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) Reflect.deleteProperty(inner, other);
      expect(left).toEqual(expected);
    }),
  );
});

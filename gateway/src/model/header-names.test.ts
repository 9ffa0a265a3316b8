import { expect, test } from 'vitest';
import { headerNames, isHeaderName } from './header-names.ts';

test('names are given in lower case, the second time as well', () => {
  const nameOf = headerNames();
  expect([nameOf('Content-Type'), nameOf('Content-Type'), nameOf('content-type')]).toEqual(
    Array.from({ length: 3 }, () => 'content-type'),
  );
});

test('what is no name, or not fit, stays so', () => {
  const nameOf = headerNames((lower) => lower !== 'upgrade');
  for (const name of ['', ' folded', 'na me', 'näme', 'Upgrade'])
    expect([nameOf(name), nameOf(name)], name).toEqual([undefined, undefined]);
});

test('inventions beyond those that are remembered are read as well', () => {
  const nameOf = headerNames();
  for (let at = 0; at < 1000; at += 1) expect(nameOf(`X-${at}`)).toBe(`x-${at}`);
  expect(nameOf('X-999')).toBe('x-999');
});

test('a name is a token', () => {
  expect(['x-a', 'X_1!', 'a b', 'a:b', ''].map(isHeaderName)).toEqual([true, true, false, false, false]);
});

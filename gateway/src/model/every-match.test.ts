import { expect, test } from 'vitest';
import { everyMatch } from './every-match.ts';

test.each([
  ['several', 'a1b22c', /\d+/g],
  ['none', 'abc', /\d/g],
  ['empty ones', 'ab', /x?/g],
  ['at the end', 'ab1', /\d/g],
])('finds what matchAll finds: %s', (_, text, pattern) => {
  const plain = (all: Iterable<RegExpExecArray>) => Array.from(all, (match) => [match.index, ...match]);
  expect(plain(everyMatch(text, pattern))).toEqual(plain(text.matchAll(pattern)));
});

test('the same pattern may be used again at once, also on another text', () => {
  const pattern = /\d/g;
  pattern.lastIndex = 5;
  expect(everyMatch('1 2', pattern)).toHaveLength(2);
  for (const _ of everyMatch('1 2', pattern)) expect(everyMatch('3', pattern)).toHaveLength(1);
});

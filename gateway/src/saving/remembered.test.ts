import { expect, test } from 'vitest';
import { digestOf, Remembered } from './remembered.ts';

test('the oldest go when the weight is reached, and what is asked for counts as new', () => {
  const remembered = new Remembered<string>(10);
  remembered.set('a', 'A', 4);
  remembered.set('b', 'B', 4);
  expect(remembered.get('a')).toBe('A');
  remembered.set('c', 'C', 4);
  expect([remembered.get('a'), remembered.get('b'), remembered.get('c')]).toEqual(['A', undefined, 'C']);
});

test('what is said again weighs once', () => {
  const remembered = new Remembered<number>(10);
  for (let at = 0; at < 20; at += 1) remembered.set('a', at, 6);
  remembered.set('b', 1, 4);
  expect([remembered.get('a'), remembered.get('b')]).toEqual([19, 1]);
});

test('a digest differs with the text and with what is named besides', () => {
  const digests = [digestOf('a'), digestOf('b'), digestOf('a', 'x'), digestOf('a', 'y')];
  expect(new Set(digests).size).toBe(4);
  expect(digestOf('a', 'x')).toBe(digestOf('a', 'x'));
});

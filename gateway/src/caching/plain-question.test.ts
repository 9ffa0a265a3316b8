import { describe, expect, test } from 'vitest';
import { plainQuestion } from './plain-question.ts';

describe('the same question', () => {
  test.each([
    ['What is the capital of France?', '  What  is the capital of France '],
    ['What is the capital of France?', 'what is the capital of France'],
    ['What is the capital of France?', "What's the capital of France?"],
    ['What is the capital of France?', 'What’s the capital of France?'],
    ['Tell me a joke', 'Please tell me a joke.'],
    ['Tell me a joke', 'Could you please tell me a joke?'],
    ["Why can't penguins fly?", 'Why cannot penguins fly'],
    ["Why don't penguins fly?", 'Why do not penguins fly?'],
    ['What does caf\u00e9 mean?', 'What does cafe\u0301 mean?'],
    ['def f():\n  return 1', 'def f():\r\n  return 1\n'],
  ])('%o is %o', (one, other) => expect(plainQuestion(one)).toBe(plainQuestion(other)));
});

describe('another question', () => {
  test.each([
    ['What is the capital of France?', 'What is the capital of france?'],
    ['Can you speak French?', 'Speak French'],
    ['Turkey population', 'turkey population'],
    ['US states', 'us states'],
    ['Please Please Me release year', 'Please Me release year'],
    ['Translate: sit down', 'Translate: sit down.'],
    ['Translate "what\'s up"', 'Translate "what is up"'],
    ['You are done?', 'You are done'],
    ['It works. Why?', 'It works. Why'],
    ['Say hello, please', 'Say hello'],
    ['Say thank you', 'Say'],
    ['if x:\n  y', 'if x:\n y'],
    ['`a  b`', '`a b`'],
    ['Stop!', 'Stop'],
    ['Count to 10', 'Count to 1 0'],
    ['Explain don', "Explain don't"],
  ])('%o isn’t %o', (one, other) => expect(plainQuestion(one)).not.toBe(plainQuestion(other)));
});

test('what is plain already stays plain', () => {
  for (const text of ['what is the capital of France', 'tell me a joke', '', ' ', 'ok.', '...', "'", 'a: b ']) {
    expect(plainQuestion(plainQuestion(text))).toBe(plainQuestion(text));
  }
});

test('a long text is not looked at', () => {
  const long = `Please ${'tell me '.repeat(1000)}`;
  expect(plainQuestion(long)).toBe(long.trimEnd());
});

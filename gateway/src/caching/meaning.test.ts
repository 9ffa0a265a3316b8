import { describe, expect, test } from 'vitest';
import { meaningOf } from './meaning.ts';

describe('the same is asked by', () => {
  test.each([
    ['What is the capital of France?', 'Tell me the capital of France'],
    ['What is the capital of France?', 'Could you please tell me what the capital of France is?'],
    ['What is the capital of France?', "What's France's capital?"],
    ['How do I boil an egg?', 'How can I boil an egg'],
    ['How do I boil an egg?', 'how to boil an egg?'],
    ['Which movies has she made?', 'Which films has she made'],
    ['How many kids can ride for ten dollars?', 'How many children can ride for 10 dollars?'],
    ['I would like to know why cats purr', 'Why do cats purr?'],
    ['Who wrote Hamlet in English?', 'Do you know who wrote Hamlet in English?'],
    ['Please explain gravity waves to me', 'Explain gravity waves.'],
  ])('%o and %o', (one, other) => {
    expect(meaningOf(one)).toBeDefined();
    expect(meaningOf(one)).toBe(meaningOf(other));
  });
});

describe('another thing is asked by', () => {
  test.each([
    ['How long is a run of 10 miles?', 'How long is a run of 25 miles?'],
    ['How long is a run of 10 miles?', 'How long is a run of 10 kilometers?'],
    ['Did Apple buy Beats?', 'Did Beats buy Apple?'],
    ['How do I enable two-factor login?', 'How do I disable two-factor login?'],
    ['Should I take it with food?', "Shouldn't I take it with food?"],
    ['Is it safe to mix bleach with water?', 'Is it not safe to mix bleach with water?'],
    ['Convert miles to kilometers please', 'Convert kilometers to miles please'],
    ['What is the population of Paris?', 'What is the population of paris?'],
    ['What is the time in Paris?', 'What is time in Paris?'],
    ['What is a president?', 'Who is a president?'],
    ['Who is the king of Spain?', 'Who was the king of Spain?'],
    ['Is Paris the capital of France?', 'What is the capital of France, Paris?'],
    ['Tell me a joke', 'What is a joke?'],
    ['How do you feel about it?', 'How do I feel about it?'],
    ['What is the price of a glass?', 'What is the price of glasses?'],
    ['Is water wet or not?', 'Water wet or not?'],
    ['What is the boiling point of water?', 'What is the boiling point of water at high altitude?'],
    ['How far is it in miles?', 'How far is it in nautical miles?'],
    ['What is -5 plus 3?', 'What is 5 plus 3?'],
    ['What is 1.5 plus 3?', 'What is 15 plus 3?'],
    ['Is 5 more than 3?', 'Is 3 more than 5?'],
    ['What is the cost in $?', 'What is the cost in €?'],
    ['Who made the Movie Database?', 'Who made the Film Database?'],
    ['What does it mean for me?', 'What does it mean?'],
    ['Give me all my files', 'Give me all your files'],
  ])('%o and %o', (one, other) => expect(meaningOf(one)).not.toBe(meaningOf(other)));
});

test.each([
  'Fix this: def f(x): return x',
  'Translate "good morning" to French',
  'What does `ls -l` do?',
  'First line\nsecond line',
  'Write to <EMAIL_1>',
  'Hi there',
  'word '.repeat(100),
])('%o isn’t one plain question', (text) => expect(meaningOf(text)).toBeUndefined());

import { expect, test } from 'vitest';
import { z } from 'zod';
import { formInWords, outputOf } from './answer-form.ts';
import { readAnswer } from './read-answer.ts';

const Form = z.strictObject({
  name: z.string().min(1).max(5),
  scores: z.array(z.strictObject({ score: z.number().min(0).max(1) })).max(3),
});
const GOOD = { name: 'a', scores: [{ score: 0.5 }] };

test.each([
  ['alone', JSON.stringify(GOOD)],
  ['in a fence', `\`\`\`json\n${JSON.stringify(GOOD)}\n\`\`\``],
  ['between words', `Here it is: ${JSON.stringify(GOOD)} I hope it helps.`],
])('an answer is read %s', (_, text) => expect(readAnswer(text, Form)).toEqual({ value: GOOD }));

test.each([
  ['  ', 'the answer is empty'],
  ['I can’t.', 'it holds no JSON object'],
  ['} {', 'it holds no JSON object'],
  ['{"name": }', 'it is not valid JSON'],
  ['{"name":"a","scores":[{"score":2}]}', '"scores.0.score"'],
  ['{"name":"","scores":[],"more":1}', '"name"'],
  ['{"name":"a","scores":[],"more":1}', 'Unrecognized key: "more"'],
])('%s is a mistake that is named: %s', (text, mistake) => {
  expect(readAnswer(text, Form)).toEqual({ mistake: expect.stringContaining(mistake) as string });
});

test('a mistake is never longer than a few sentences', () => {
  const text = JSON.stringify({ name: 'a', scores: [], ['x'.repeat(100_000)]: 1 });
  const read = readAnswer(text, Form);
  expect('mistake' in read && read.mistake.length).toBeLessThan(400);
});

test('a provider gets the form without bounds, which some refuse; the words have them', () => {
  const output = outputOf(Form, 'form', 'schema');
  expect(output).toEqual({
    type: 'json-schema',
    name: 'form',
    strict: true,
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'scores'],
      properties: {
        name: { type: 'string' },
        scores: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['score'],
            properties: { score: { type: 'number' } },
          },
        },
      },
    },
  });
  expect(formInWords(Form)).toContain('"maximum":1');
  expect(outputOf(Form, 'form', 'json')).toEqual({ type: 'json' });
  expect(outputOf(Form, 'form', 'words')).toBeUndefined();
});

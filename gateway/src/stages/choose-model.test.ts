import { expect, test } from 'vitest';
import { ask, failureOf, turn } from '../../test/support.ts';
import type { Turn } from '../model/turn.ts';
import { chooseModel } from './choose-model.ts';

const says = (content: unknown, overrides: Partial<Turn> = {}) =>
  turn({
    ask: ask({
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content },
      ],
    }),
    ...overrides,
  });
const step = async (of: Turn) => (chooseModel.wants?.(of) === false ? {} : chooseModel.run(of));

test.each([
  ['/model small What is a stream?', 'small', 'What is a stream?'],
  ['/model acme/small:2\nTwo\nlines', 'acme/small:2', 'Two\nlines'],
])('%o asks another model, without the directive', async (words, model, text) => {
  const { request } = await step(says(words));
  expect(request?.model).toBe(model);
  expect(request?.messages.map(({ content }) => content)).toMatchObject([
    [{ text: 'Be kind.' }],
    [{ type: 'text', text }],
  ]);
});

test('the rest of the message stays', async () => {
  const picture = { type: 'image_url', image_url: { url: 'https://x.test/a.png' } };
  const { request } = await step(says([picture, { type: 'text', text: '/model small What is it?' }]));
  expect(request?.messages[1]?.content).toMatchObject([{ type: 'image' }, { type: 'text', text: 'What is it?' }]);
});

test.each(['Hello', '/models', '/model', '/modelling is fun', 'See /model small', '//model small x'])(
  '%s is none',
  async (words) => expect(await step(says(words))).toEqual({}),
);

test('switched off, it goes to the model as it is', async () => {
  expect(await step(says('/model small Hi', { switches: { disableKeywordDetection: true } }))).toEqual({});
});

test('without a question it says how it is meant', async () => {
  expect(await step(says('/model small'))).toMatchObject({ answer: { kind: 'events' } });
});

test('a key that may not use the model is refused', async () => {
  const caller = { keyId: 'k', role: 'basic', models: ['the-model'] } as const;
  expect((await failureOf(step(says('/model dear Hi', { caller })))).code).toBe('key.forbidden');
});

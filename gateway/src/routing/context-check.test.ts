import { expect, test } from 'vitest';
import { ask, deployment, turn } from '../../test/support.ts';
import { contextCheck } from './context-check.ts';

/** A check by which each word is a token, and what it counted. */
function checked(window: number | undefined) {
  const counted: string[] = [];
  const check = contextCheck({
    windowOf: () => window,
    countTokens: (of, model) => {
      counted.push(model);
      return Promise.resolve(JSON.stringify(of.look().messages).split(' ').length);
    },
  });
  return { check, counted };
}

const LONG = ask({ messages: [{ role: 'user', content: 'word '.repeat(100) }] });

test('what has fewer bytes than the window has tokens isn’t even counted', () => {
  const { check, counted } = checked(100_000);
  expect(check(turn({ ask: LONG }), deployment())).toBeUndefined();
  expect(counted).toEqual([]);
});

test('what is too long is refused in words that say by how much, and counted once', async () => {
  const { check, counted } = checked(50);
  const asked = turn({ ask: LONG });
  expect(await check(asked, deployment())).toMatchObject({
    code: 'upstream.context-window',
    status: 400,
    message: 'The prompt has about 101 tokens, and acme/upstream-model takes 50.',
  });
  await check(asked, deployment({ model: 'other' }));
  expect(counted).toEqual(['upstream-model']);
});

test('what fits goes through, and so does what nobody knows', async () => {
  expect(await checked(200).check(turn({ ask: LONG }), deployment())).toBeUndefined();
  expect(checked(undefined).check(turn({ ask: LONG }), deployment())).toBeUndefined();
  expect(checked(10).check(turn({ ask: LONG, operation: 'embeddings' }), deployment())).toBeUndefined();
});

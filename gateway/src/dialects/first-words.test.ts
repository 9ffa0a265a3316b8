import { expect, test } from 'vitest';
import { firstWordsOf } from './first-words.ts';

const TOLD = 'Be brief.';
const ASKED = 'What is a monad?';
const parts = [{ type: 'text', text: ASKED }];

test.each([
  [
    'OpenAI’s',
    {
      messages: [
        { role: 'developer', content: TOLD },
        { role: 'user', content: parts },
      ],
    },
  ],
  ['Anthropic’s', { system: [{ type: 'text', text: TOLD }], messages: [{ role: 'user', content: ASKED }] }],
  ['Responses’', { instructions: TOLD, input: ASKED }],
  [
    'Responses’, with a list',
    { instructions: TOLD, input: [{ role: 'user', content: [{ type: 'input_text', text: ASKED }] }] },
  ],
  ['Gemini’s', { systemInstruction: { parts: [{ text: TOLD }] }, contents: [{ parts: [{ text: ASKED }] }] }],
])('%s words are the same on every turn', (_, body) => {
  expect(firstWordsOf(body)).toEqual({ told: TOLD, asked: ASKED });
  const list = (['messages', 'input', 'contents'] as const).find((name) => Array.isArray((body as never)[name]));
  if (!list) return;
  const grown = { ...body, [list]: [...(body as never)[list], { role: 'assistant', content: 'A burrito.' }] };
  expect(firstWordsOf(grown)).toEqual({ told: TOLD, asked: ASKED });
});

test('a body without a conversation has none, and odd ones do no harm', () => {
  expect(firstWordsOf({})).toBeUndefined();
  expect(firstWordsOf({ messages: 7 })).toBeUndefined();
  expect(firstWordsOf({ messages: [null, 3, { role: 'user' }] })).toEqual({ told: '', asked: '' });
});

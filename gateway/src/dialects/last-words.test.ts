import { expect, test } from 'vitest';
import { ask } from '../../test/support.ts';
import { Ask } from '../model/request.ts';

const USER = { role: 'user', content: 'Hello' };
const TOOL_CALL = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };

test.each([
  ['a text', [USER], 'Hello'],
  ['the last of several', [{ role: 'user', content: 'First' }, { role: 'assistant', content: 'Yes' }, USER], 'Hello'],
  [
    'the first part',
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      },
    ],
    'One',
  ],
  [
    'a text behind a picture',
    [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          { type: 'text', text: 'What?' },
        ],
      },
    ],
    'What?',
  ],
  ['nothing, where the model spoke last', [USER, { role: 'assistant', content: '#calculator 1+1' }], undefined],
  ['nothing, where a program spoke', [{ role: 'system', content: '#calculator 1+1' }], undefined],
  [
    'nothing, where a tool answered',
    [
      USER,
      { role: 'assistant', content: null, tool_calls: [TOOL_CALL] },
      { role: 'tool', tool_call_id: 'c1', content: '#calculator 1+1' },
    ],
    undefined,
  ],
])('of a chat: %s', (_, messages, words) => {
  const asked = ask({ messages });
  expect(asked.lastWords()).toBe(words);
  expect(Ask.made(asked.look()).lastWords()).toBe(words);
});

test('of Anthropic’s messages: a tool’s result is not the user’s words', () => {
  const call = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] };
  const result = { type: 'tool_result', tool_use_id: 't1', content: '#calculator 1+1' };
  const text = { type: 'text', text: '#calculator 1+1' };
  const of = (content: unknown) =>
    ask(
      { max_tokens: 9, messages: [{ role: 'user', content: 'x' }, call, { role: 'user', content }] },
      'anthropic-messages',
    );
  for (const content of [[result], [result, text]]) {
    expect(of(content).lastWords()).toBeUndefined();
    expect(Ask.made(of(content).look()).lastWords()).toBeUndefined();
  }
});

test('of a text completion: the prompt', () => {
  const of = (prompt: unknown) => ask({ messages: undefined, prompt }, 'openai-completions').lastWords();
  expect([of('Hello'), of(['Hello']), of([1, 2])]).toEqual(['Hello', undefined, undefined]);
});
